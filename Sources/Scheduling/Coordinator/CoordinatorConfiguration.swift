public import Messaging

/// What a coordinator needs to know besides the work.
public struct CoordinatorConfiguration: Sendable {
  /// Where results go: holds the lock, the server's keys and the logs of local workers.
  public var outputDirectory: String
  /// Where workers that are started for the run write.
  public var logDirectory: String { outputDirectory + "/logs" }
  /// Endpoints to bind, `tcp://…` or `ipc://…`; a port may be `*`. Not both kinds: what CURVE guards has one door.
  public var listen: [String]
  /// Where peers are told to connect; without it, what the keys were prepared for, or what was bound, where the names
  /// and addresses of this machine stand for a wildcard.
  public var advertised: [AdvertisedAddress] = []
  /// The file of the keys, if it is not beside the join file or in the output directory.
  public var keyFile: String?
  /// Where the workers' join file is written. Another one, `status.json`, goes into the output directory.
  public var joinFile: String
  /// Name of the sweep, for people.
  public var sweepName: String
  /// Times and limits, the build and the sweep's hash.
  public var scheduler: SchedulerConfiguration
  /// Worker processes on this machine, if any.
  public var localWorkers: LocalWorkersConfiguration?
  /// When the run must have ended, if there is such a time.
  public var end: EndTime?
  /// A few words on the trial at a position, for those who look on.
  public var describe: @Sendable (Int) -> String = { "trial \($0)" }
  /// `HOST:PORT` of the page with metrics, if there is to be one.
  public var metrics: String?
  /// Whether a limit of descriptors that does not suffice for `scheduler.workersMax` is an error: the user asked for so
  /// many. Otherwise fewer workers may register.
  public var demandsWorkersMax = false
  /// Whether SIGINT and SIGTERM stop the run: not in tests, which share a process.
  public var handlesSignals = true

  /// A coordinator without local workers.
  public init(
    outputDirectory: String, listen: [String], joinFile: String, sweepName: String, scheduler: SchedulerConfiguration
  ) {
    self.outputDirectory = outputDirectory
    self.listen = listen
    self.joinFile = joinFile
    self.sweepName = sweepName
    self.scheduler = scheduler
  }
}

/// Why a run could not start or go on; the text is for the user.
public struct RunError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A sentence.
  public var description: String
  /// Whether somebody else said no, and will say so again: a wrong key, another version, another sweep.
  public var isRefusal: Bool

  /// An error with its sentence.
  public init(_ description: String, isRefusal: Bool = false) {
    self.description = description
    self.isRefusal = isRefusal
  }
}
