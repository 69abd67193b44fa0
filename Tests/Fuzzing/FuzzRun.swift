import Foundation
import Synchronization

/// Many cases of one target, one after the other.
public struct FuzzRun: Sendable {
  /// How long to go on.
  public enum Limit: Sendable {
    /// So many cases.
    case cases(Int)
    /// So many seconds.
    case seconds(Double)
  }

  /// What was found out besides that everything holds.
  public struct Figures: Sendable {
    /// Inputs that were read.
    public var cases = 0
    /// Those that were accepted.
    public var accepted = 0
    /// Processor time of the slowest, and which it was.
    public var slowest = (seconds: 0.0, index: UInt64(0))
    /// By how much the process has grown.
    public var grownBytes = 0
  }

  /// The process may not grow by more than this.
  static let growthMax = 64 << 20
  /// A case that takes so long, on whatever machine, hangs.
  static let hangSeconds = 120.0
  /// Cases before memory is measured: what is allocated once is no growth.
  private static let warmUp = 500

  private let target: FuzzTarget
  private let seed: UInt64

  /// A run over the cases of a seed.
  public init(_ target: FuzzTarget, seed: UInt64) {
    self.target = target
    self.seed = seed
  }

  /// Runs until the limit; throws a ``FuzzFailure`` that names the case which does not hold.
  public func perform(_ limit: Limit) throws -> Figures {
    let mark = try FuzzMark(target: target.name, seed: seed)
    defer { mark.end() }
    var figures = Figures()
    var residentAtFirst = 0
    let begin = Date()
    while !isOver(limit, figures.cases, begin) {
      let index = UInt64(figures.cases)
      if figures.cases == Self.warmUp { residentAtFirst = Self.residentBytes }
      mark.begin(index)
      let seconds = Self.threadSeconds
      do {
        if try target.run(target.input(seed: seed, index: index)) { figures.accepted += 1 }
      } catch {
        throw FuzzFailure(description: "\(error) (\(mark.name(of: index)))")
      }
      let elapsed = Self.threadSeconds - seconds
      if elapsed > figures.slowest.seconds { figures.slowest = (elapsed, index) }
      guard elapsed <= target.secondsMax else {
        throw FuzzFailure(description: "\(elapsed) s for one input (\(mark.name(of: index)))")
      }
      figures.cases += 1
    }
    figures.grownBytes = max(0, residentAtFirst == 0 ? 0 : Self.residentBytes - residentAtFirst)
    try FuzzFailure.require(
      figures.grownBytes <= Self.growthMax, "\(target.name): the process grew by \(figures.grownBytes >> 20) MiB")
    return figures
  }

  private func isOver(_ limit: Limit, _ cases: Int, _ begin: Date) -> Bool {
    switch limit {
    case .cases(let count): cases >= count
    case .seconds(let seconds): Date().timeIntervalSince(begin) >= seconds
    }
  }

  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Resident memory of this process, from /proc.
  private static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
  }
}

/// Writes down which case is being run, so that it is known also when the process does not survive it, and ends the
/// process when a case hangs.
private final class FuzzMark: Sendable {
  private let path: String
  private let target: String
  private let seed: UInt64
  private let descriptor: Int32
  private let index = Atomic<UInt64>(0)
  private let isOver = Atomic<Bool>(false)

  init(target: String, seed: UInt64) throws {
    self.target = target
    self.seed = seed
    path = NSTemporaryDirectory() + "icd-fuzz-case-\(getpid())-\(target)"
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FuzzFailure(description: "\(path): \(String(cString: strerror(errno)))") }
    let thread = Thread { [self] in watch() }
    thread.start()
  }

  deinit { close(descriptor) }

  func name(of index: UInt64) -> String { "case \(target) \(seed) \(index)" }

  func begin(_ index: UInt64) {
    self.index.store(index, ordering: .relaxed)
    let text = name(of: index) + "\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  func end() {
    isOver.store(true, ordering: .relaxed)
    unlink(path)
  }

  private func watch() {
    var last = UInt64.max
    var since = Date()
    while !isOver.load(ordering: .relaxed) {
      usleep(100_000)
      let current = index.load(ordering: .relaxed)
      if current != last { (last, since) = (current, Date()) }
      guard Date().timeIntervalSince(since) < FuzzRun.hangSeconds else { fatalError("\(name(of: current)) hangs") }
    }
  }
}
