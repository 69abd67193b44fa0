/// A sweep as it was recorded in a store: enough to plan it again.
public struct SweepRecord: Sendable, Hashable {
  /// Name of the sweep.
  public var name: String
  /// Text of the sweep file.
  public var text: String
  /// Hash of the text, in hexadecimal digits.
  public var hash: String
  /// Where the file was when it was run.
  public var path: String

  /// A recorded sweep.
  public init(name: String, text: String, hash: String, path: String) {
    self.name = name
    self.text = text
    self.hash = hash
    self.path = path
  }
}

extension [SweepRecord] {
  /// The sweeps that a word means, in a list with the last one first: the last one of that name, or else all whose hash
  /// begins with the word.
  public func matching(_ word: String) -> [SweepRecord] {
    if let named = first(where: { $0.name == word }) { return [named] }
    return word.isEmpty ? [] : filter { $0.hash.hasPrefix(word.lowercased()) }
  }
}

/// What is known of a run when it begins.
public struct RunRecord: Sendable, Hashable {
  /// Host of the coordinator.
  public var host: String
  /// Process number of the coordinator.
  public var pid: Int
  /// Number of workers asked for; 0 where they come and go.
  public var workers: Int
  /// Versions by name of the program, for example `icd`; SQLite's is added by the store.
  public var versions: [String: String]
  /// Beginning, in Unix seconds.
  public var startedAt: Double

  /// A run that begins.
  public init(host: String, pid: Int, workers: Int, versions: [String: String], startedAt: Double) {
    self.host = host
    self.pid = pid
    self.workers = workers
    self.versions = versions
    self.startedAt = startedAt
  }
}

/// A trial that was given up and has no result.
public struct FailedTrial: Sendable, Hashable {
  /// Identity of the trial, in hexadecimal digits.
  public var trial: String
  /// All parameters, as a JSON object.
  public var parameters: String
  /// Number of attempts that failed.
  public var attempts: Int
  /// Kind of the last failure.
  public var kind: String
  /// Message of the last failure.
  public var message: String
  /// Worker of the last attempt.
  public var worker: String
  /// Host of that worker.
  public var host: String
  /// When the trial was given up, in Unix seconds.
  public var at: Double

  /// A trial that was given up.
  public init(
    trial: String, parameters: String, attempts: Int, kind: String, message: String, worker: String, host: String,
    at: Double
  ) {
    self.trial = trial
    self.parameters = parameters
    self.attempts = attempts
    self.kind = kind
    self.message = message
    self.worker = worker
    self.host = host
    self.at = at
  }
}

/// How a result came about, as it is stored.
public struct ResultOrigin: Sendable, Hashable {
  /// Digest of the result when it was committed, in hexadecimal digits.
  public var digest: String
  /// Which attempt succeeded, counted from 1.
  public var attempt: Int
  /// Worker that computed it.
  public var worker: String
  /// Host of that worker.
  public var host: String
  /// When the worker began, in Unix seconds.
  public var startedAt: Double
  /// Wall time, in seconds.
  public var seconds: Double
  /// Version of the worker's program.
  public var version: String
}
