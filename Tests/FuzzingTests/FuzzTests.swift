import Foundation
import Fuzzing
import Testing

/// Every reader of bytes from outside, under inputs that are nearly valid: no crash, no hang, bounded memory, an error
/// with a place and a reason, and what is accepted comes back as it was.
///
/// `Tests/fuzz.sh` runs the same for as long as wanted, with other seeds.
@Suite(.serialized) struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test(arguments: try FuzzTarget.all()) func holds(target: FuzzTarget) throws {
    guard Self.isWanted(target) else { return }
    if let replayed = Self.environment["ICD_FUZZ_CASE"]?.split(separator: " ") {
      guard replayed.count == 3, let seed = UInt64(replayed[1]), let index = UInt64(replayed[2]) else {
        Issue.record("ICD_FUZZ_CASE is a target, a seed and a number")
        return
      }
      let input = target.input(seed: seed, index: index)
      let text = String(decoding: input.prefix(4_096), as: UTF8.self).debugDescription
      print("\(target.name): \(input.count) bytes: \(text)")
      print("\(target.name): \(try target.run(input) ? "accepted" : "refused")")
      return
    }
    let seed = Self.environment["ICD_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    let seconds = Self.environment["ICD_FUZZ_SECONDS"].flatMap(Double.init)
    let figures = try FuzzRun(target, seed: seed).perform(
      seconds.map { .seconds($0) } ?? .cases(target.casesInTests))
    print(
      "\(target.name): \(figures.cases) cases, \(figures.accepted) accepted, slowest "
        + "\((figures.slowest.seconds * 1e3).rounded()) ms (case \(figures.slowest.index)), "
        + "grown by \(figures.grownBytes >> 10) KiB")
    // A generator whose inputs are all refused at the first byte would show nothing, and so would one that damages none.
    #expect(figures.accepted > figures.cases / 200 && figures.accepted < figures.cases)
  }

  private static func isWanted(_ target: FuzzTarget) -> Bool {
    if let replayed = environment["ICD_FUZZ_CASE"] { return replayed.hasPrefix(target.name + " ") }
    return environment["ICD_FUZZ_TARGETS"].map { $0.split(separator: " ").contains(Substring(target.name)) } ?? true
  }
}
