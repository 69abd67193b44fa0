import ArgumentParser
import Scheduling

/// How many processes to start.
enum ProcessCount: ExpressibleByArgument {
  /// As many as there are processors to use.
  case automatic
  /// So many.
  case fixed(Int)

  /// The most that may be started.
  private static let countMax = 1_024

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
      return
    }
    guard let count = Int(argument), (1...Self.countMax).contains(count) else { return nil }
    self = .fixed(count)
  }

  var defaultValueDescription: String {
    switch self {
    case .automatic: "auto"
    case .fixed(let count): "\(count)"
    }
  }

  /// The number.
  var count: Int {
    switch self {
    case .automatic: min(ProcessorShare.current.count, Self.countMax)
    case .fixed(let count): count
    }
  }
}
