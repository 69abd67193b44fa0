import Sweeps
import Testing

/// SplitMix64 (Steele, Lea and Flood 2014): a small seeded generator for tests.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Canonical bytes from their parts: version, count, then entries that are each a name and what follows it.
private func message(version: UInt8 = 1, count: Int, _ entries: [(String, [UInt8])]) -> [UInt8] {
  [version, UInt8(count >> 8), UInt8(count & 255)]
    + entries.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) + $1 }
}

struct CanonicalReaderTests {
  private static let eight = [UInt8](repeating: 0, count: 8)

  static let refused: [([UInt8], String)] = [
    ([], "end too early"),
    ([1], "end too early"),
    (message(version: 2, count: 0, []), "format 2"),
    (message(count: 65, []), "65 parameters"),
    (message(count: 1, []), "end too early"),
    (message(count: 0, [("a", [4, 1])]), "left over"),
    (message(count: 2, [("b", [4, 1]), ("a", [4, 1])]), "a stands after b"),
    (message(count: 2, [("a", [4, 1]), ("a", [4, 1])]), "a stands after a"),
    (message(count: 1, [("", [4, 1])]), "0 bytes"),
    (message(count: 1, [(String(repeating: "a", count: 65), [4, 1])]), "65 bytes"),
    (message(count: 1, [("a b", [4, 1])]), "not a name"),
    (message(count: 1, [("a", [0])]), "unknown type 0"),
    (message(count: 1, [("a", [4, 2])]), "neither 0 nor 1"),
    (message(count: 1, [("a", [1, 0, 0])]), "end too early"),
    (message(count: 1, [("a", [2, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0])]), "not finite"),
    (message(count: 1, [("a", [2, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1])]), "not finite"),
    (message(count: 1, [("a", [2, 0x80, 0, 0, 0, 0, 0, 0, 0])]), "negative zero"),
    (message(count: 1, [("a", [3, 0xff, 0xff])]), "65535 bytes"),
    (message(count: 1, [("a", [3, 0, 2, 0xc3, 0x28])]), "not UTF-8"),
    (message(count: 1, [("a", [5, 0xff, 0xff, 0xff, 0xff])]), "4294967295 numbers"),
    (message(count: 1, [("a", [5, 0, 0, 0, 2] + eight)]), "2 numbers"),
    (message(count: 1, [("a", [6, 0, 0, 0, 0, 0, 0, 0, 1] + eight)]), "ends before it begins"),
    ([UInt8](repeating: 1, count: CanonicalLimits.bytesMax + 1), "at most"),
  ]

  @Test(arguments: refused) func malformedBytesAreRefused(bytes: [UInt8], reason: String) {
    let error = #expect(throws: CanonicalBytesError.self) { try ParameterSet(canonicalBytes: bytes) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  /// Whatever bytes come, they are refused or they are exactly the bytes of the set that was read.
  private func readStrictly(_ bytes: [UInt8]) -> Bool {
    guard let set = try? ParameterSet(canonicalBytes: bytes) else { return false }
    #expect(set.canonicalBytes == bytes)
    if let trial = try? Trial(canonicalBytes: bytes) { #expect(trial.canonicalBytes == bytes) }
    return true
  }

  @Test func randomBytesNeverCrashTheReader() {
    var random = SeededGenerator(state: 1)
    for _ in 0..<50_000 {
      let tail = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Half begin as a message does, or nearly none would get past the first bytes.
      _ = readStrictly(Bool.random(using: &random) ? tail : [1, 0, UInt8.random(in: 0...3, using: &random)] + tail)
    }
  }

  @Test func mutatedBytesNeverCrashTheReader() throws {
    var random = SeededGenerator(state: 2)
    let seeds =
      [smallSet.canonicalBytes]
      + (try plan("{name: a, axes: {task: [linear, sphere, mixture]}}").trials.map(\.canonicalBytes))
    var read = 0
    for round in 0..<40_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        default: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 0...9, using: &random)), at: place)
        }
      }
      if readStrictly(bytes) { read += 1 }
    }
    // Flipped bits within a number or a word are still a set, so that the check above has seen such.
    #expect(read > 1000)
  }
}
