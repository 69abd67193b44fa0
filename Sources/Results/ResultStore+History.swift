import Foundation
import GRDB
public import Sweeps

/// A run of a sweep, as it is stored.
public struct RunHistoryEntry: Sendable, Hashable {
  /// Number of the run in its store.
  public var run: Int
  /// Beginning, in Unix seconds.
  public var startedAt: Double
  /// End, in Unix seconds; nothing if the process was killed or still runs.
  public var endedAt: Double?
  /// How it ended, in a word.
  public var outcome: String?
  /// Host of the coordinator.
  public var host: String
  /// Number of workers asked for; 0 where they come and go.
  public var workers: Int
  /// Versions by name of the program.
  public var versions: [String: String]
  /// Results that are credited to it.
  public var results: Int
  /// Attempts that failed in it.
  public var failedAttempts: Int

  /// A run.
  public init(
    run: Int, startedAt: Double, endedAt: Double?, outcome: String?, host: String, workers: Int,
    versions: [String: String], results: Int, failedAttempts: Int
  ) {
    self.run = run
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.outcome = outcome
    self.host = host
    self.workers = workers
    self.versions = versions
    self.results = results
    self.failedAttempts = failedAttempts
  }
}

/// What a host computed.
public struct HostShare: Sendable, Hashable {
  /// Name of the host.
  public var host: String
  /// Results that it computed.
  public var results: Int
  /// Time that its workers spent on them, in seconds.
  public var seconds: Double

  /// A host's share.
  public init(host: String, results: Int, seconds: Double) {
    self.host = host
    self.results = results
    self.seconds = seconds
  }
}

/// When, where and how results were computed.
extension ResultStore {
  /// The runs of a sweep in the order in which they began.
  public func runs(ofSweep hash: String) throws -> [RunHistoryEntry] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT r.id, r.started_at, r.ended_at, r.outcome, r.host, r.workers, r.versions,
            (SELECT count(*) FROM results x WHERE x.run_id = r.id) AS results,
            (SELECT count(*) FROM failures x WHERE x.run_id = r.id) AS failed_attempts
          FROM runs r JOIN sweeps s ON s.id = r.sweep_id WHERE s.hash = ? ORDER BY r.id
          """, arguments: [hash]
      ).map { row in
        let versions = try row.decode(String.self, forColumn: "versions")
        guard let names = try? JSONDecoder().decode([String: String].self, from: Data(versions.utf8)) else {
          let run = try row.decode(Int64.self, forColumn: "id")
          throw StoreError.corrupt(path: path, reason: "the versions of run \(run) are not names and texts")
        }
        return RunHistoryEntry(
          run: try row.decode(forColumn: "id"), startedAt: try row.decode(forColumn: "started_at"),
          endedAt: try row.decode(forColumn: "ended_at"), outcome: try row.decode(forColumn: "outcome"),
          host: try row.decode(forColumn: "host"), workers: try row.decode(forColumn: "workers"), versions: names,
          results: try row.decode(forColumn: "results"),
          failedAttempts: try row.decode(forColumn: "failed_attempts"))
      }
    }
  }

  /// What each host computed of the given trials, the one with the most results first.
  public func hosts(of trials: [TrialID]) throws -> [HostShare] {
    var shares: [String: HostShare] = [:]
    try read { database in
      for batch in stride(from: 0, to: trials.count, by: Self.trialsPerQueryMax) {
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT r.host, count(*), sum(r.seconds) FROM json_each(?) w JOIN trials t ON t.trial = w.value
            JOIN results r ON r.trial_id = t.id GROUP BY r.host
            """, arguments: [Self.list(trials[batch..<min(batch + Self.trialsPerQueryMax, trials.count)])])
        for row in rows {
          let host = try row.decode(String.self, atIndex: 0)
          let share = shares[host] ?? HostShare(host: host, results: 0, seconds: 0)
          shares[host] = HostShare(
            host: host, results: share.results + (try row.decode(Int.self, atIndex: 1)),
            seconds: share.seconds + (try row.decode(Double.self, atIndex: 2)))
        }
      }
    }
    return shares.values.sorted { ($0.results, $1.host) > ($1.results, $0.host) }
  }
}
