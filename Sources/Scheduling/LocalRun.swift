import Messaging

/// A run on this machine: a coordinator here, and worker processes that end with it.
public struct LocalRun {
  /// Worker processes.
  public var workers: Int
  /// The program, and the arguments that make it a worker of the join file at the given path, with
  /// ``WorkerConfiguration/Control/parent`` as its control.
  public var workerArguments: (_ joinFile: String) -> [String]
  /// Where results and logs go.
  public var outputDirectory: String
  /// Name of the sweep.
  public var sweepName: String
  /// Times and limits, the build and the sweep's hash.
  public var scheduler: SchedulerConfiguration
  /// Changes the rest of the coordinator's configuration.
  public var adjust: (inout CoordinatorConfiguration) -> Void = { _ in }

  /// How a worker is told which of the run's it is.
  public static let slotOption = "--slot"

  /// A run on this machine.
  public init(
    workers: Int, outputDirectory: String, sweepName: String, scheduler: SchedulerConfiguration,
    workerArguments: @escaping (_ joinFile: String) -> [String]
  ) {
    self.workers = workers
    self.outputDirectory = outputDirectory
    self.sweepName = sweepName
    self.scheduler = scheduler
    self.workerArguments = workerArguments
  }

  /// Runs until every trial is settled or the user stops it. The socket and the join file lie in a private directory,
  /// which is gone afterwards. Throws as ``Coordinator`` does.
  public func run(
    items: [WorkItem], payload: @escaping (Int) -> [UInt8], sink: any ResultSink,
    observer: @escaping (RunNotice) -> Void
  ) throws -> RunSummary {
    let directory = try PrivateDirectory()
    let joinFile = directory.path + "/join.json"
    var configuration = CoordinatorConfiguration(
      outputDirectory: outputDirectory, listen: ["ipc://\(directory.path)/socket"], joinFile: joinFile,
      sweepName: sweepName, scheduler: scheduler)
    configuration.localWorkers = LocalWorkersConfiguration(
      count: workers, arguments: workerArguments(joinFile), logDirectory: configuration.logDirectory)
    configuration.localWorkers?.slotOption = Self.slotOption
    adjust(&configuration)
    return try withExtendedLifetime(directory) {
      let coordinator = try Coordinator(configuration: configuration, items: items, payload: payload, sink: sink)
      try directory.takeOver(from: outputDirectory)
      return try coordinator.run(observer: observer)
    }
  }
}
