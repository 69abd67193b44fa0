/// What a coordinator needs to know besides the work.
public struct CoordinatorConfiguration: Sendable {
  /// Where results go: holds the lock, the server's keys and the logs of local workers.
  public var outputDirectory: String
  /// Endpoints to bind, `tcp://…` or `ipc://…`; a port may be `*`. Not both kinds: what CURVE guards has one door.
  public var listen: [String]
  /// The host that workers are told to connect to; without it the host name stands for a wildcard address.
  public var advertisedHost: String?
  /// Where the join file is written.
  public var joinFile: String
  /// Name of the sweep, for people.
  public var sweepName: String
  /// Times and limits, the build and the sweep's hash.
  public var scheduler: SchedulerConfiguration
  /// Worker processes on this machine, if any.
  public var localWorkers: LocalWorkersConfiguration?
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

  /// An error with its sentence.
  public init(_ description: String) { self.description = description }
}
