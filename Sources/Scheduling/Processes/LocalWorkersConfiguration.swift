/// Worker processes that the coordinator starts itself.
public struct LocalWorkersConfiguration: Sendable {
  /// Which processes that end are replaced by new ones.
  public enum Replacement: Sendable, Hashable {
    /// All: the coordinator ends them when it wants none any more.
    case always
    /// Those that were killed by a signal, or ended because of a trial that hangs: any other that exits has said why.
    case crashes
  }

  /// How many.
  public var count: Int
  /// Program and arguments of each; must make it join by the run's join file, with standard input as its lifeline.
  public var arguments: [String]
  /// An option of the program that takes the number of the worker's place, from 1; without it, none is told.
  public var slotOption: String?
  /// Where each writes its output, `worker-1.log` and so on; made if it is missing. Without it, they write where this
  /// process writes its errors.
  public var logDirectory: String?
  /// Which processes that end are replaced.
  public var replacement = Replacement.always
  /// A worker's place is filled again at most so often in a minute.
  public var restartsPerMinuteMax = 10
  /// A place whose processes end so often in a row without ever having registered is given up.
  public var startFailuresMax = 3

  /// So many copies of a program.
  public init(count: Int, arguments: [String], logDirectory: String?) {
    self.count = count
    self.arguments = arguments
    self.logDirectory = logDirectory
  }
}
