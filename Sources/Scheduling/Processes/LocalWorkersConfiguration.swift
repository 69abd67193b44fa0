/// Worker processes that the coordinator starts itself.
public struct LocalWorkersConfiguration: Sendable {
  /// How many.
  public var count: Int
  /// Program and arguments of each; must make it join by the run's join file, with standard input as its lifeline.
  public var arguments: [String]
  /// Where each writes its output, `worker-1.log` and so on; made if it is missing.
  public var logDirectory: String
  /// A worker's place is filled again at most so often in a minute.
  public var restartsPerMinuteMax = 10
  /// A place whose processes end so often in a row without ever having registered is given up.
  public var startFailuresMax = 3

  /// So many copies of a program.
  public init(count: Int, arguments: [String], logDirectory: String) {
    self.count = count
    self.arguments = arguments
    self.logDirectory = logDirectory
  }
}
