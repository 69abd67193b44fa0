import Foundation
import Messaging
import Testing

/// A small generator for tests: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Resident memory of this process in bytes, from /proc.
func residentBytes() -> Int {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
  return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
}

func bytes(_ hexadecimal: String) -> [UInt8] {
  stride(from: 0, to: hexadecimal.count, by: 2).map {
    let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: $0)
    return UInt8(hexadecimal[start..<hexadecimal.index(start, offsetBy: 2)], radix: 16) ?? 0
  }
}

@Suite(.serialized) struct MessagePackTests {
  /// Made by `msgpack.packb` of Python's msgpack 1.1.
  static let vectors: [(MessagePackValue, String)] = [
    (.null, "c0"), (.bool(true), "c3"), (.bool(false), "c2"),
    (.uint(0), "00"), (.uint(127), "7f"), (.uint(128), "cc80"), (.uint(255), "ccff"), (.uint(256), "cd0100"),
    (.uint(65535), "cdffff"), (.uint(65536), "ce00010000"), (.uint(4_294_967_295), "ceffffffff"),
    (.uint(4_294_967_296), "cf0000000100000000"), (.uint(.max), "cfffffffffffffffff"),
    (.int(-1), "ff"), (.int(-32), "e0"), (.int(-33), "d0df"), (.int(-128), "d080"), (.int(-129), "d1ff7f"),
    (.int(-32768), "d18000"), (.int(-32769), "d2ffff7fff"), (.int(-2_147_483_648), "d280000000"),
    (.int(-2_147_483_649), "d3ffffffff7fffffff"), (.int(.min), "d38000000000000000"),
    (.double(1.5), "cb3ff8000000000000"), (.string(""), "a0"),
    (.string(String(repeating: "a", count: 31)), "bf" + String(repeating: "61", count: 31)),
    (.string(String(repeating: "ü", count: 16)), "d920" + String(repeating: "c3bc", count: 16)),
    (.binary([]), "c400"), (.binary([0, 255]), "c40200ff"), (.array([]), "90"),
    (.array([.uint(1), .array([.uint(2), .string("x")])]), "92019202a178"),
    (.fields(["a": .uint(1), "b": .array([.null])]), "82a16101a16291c0"),
    (.array((0..<16).map { .uint($0) }), "dc0010000102030405060708090a0b0c0d0e0f"),
    (
      .map((0..<16).map { .init(.string("k" + ($0 < 10 ? "0" : "") + "\($0)"), .uint($0)) }),
      "de0010a36b303000a36b303101a36b303202a36b303303a36b303404a36b303505a36b303606a36b303707a36b303808a36b303909"
        + "a36b31300aa36b31310ba36b31320ca36b31330da36b31340ea36b31350f"
    ),
  ]

  @Test func agreesWithPython() throws {
    for (value, hexadecimal) in Self.vectors {
      #expect(value.encoded() == bytes(hexadecimal))
      #expect(try MessagePackValue(decoding: bytes(hexadecimal)) == value)
    }
  }

  /// Forms of the specification that an encoder need not use, but a decoder must take.
  @Test func takesLongForms() throws {
    let forms: [(String, MessagePackValue)] = [
      ("ca3fc00000", .float(1.5)), ("d903616263", .string("abc")), ("da0003616263", .string("abc")),
      ("db00000003616263", .string("abc")), ("c5000141", .binary([0x41])), ("c60000000141", .binary([0x41])),
      ("dd00000001c0", .array([.null])), ("df00000001a161c0", .fields(["a": .null])), ("d005", .uint(5)),
    ]
    for (hexadecimal, value) in forms { #expect(try MessagePackValue(decoding: bytes(hexadecimal)) == value) }
  }

  @Test func keepsEveryBitOfNumbers() throws {
    let doubles = [0.0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1 / 3]
    let back = try MessagePackValue(decoding: MessagePackValue.packed(doubles).encoded()).packedDoubles
    #expect(back?.map(\.bitPattern) == doubles.map(\.bitPattern))
    let floats: [Float] = [0, -0.0, .infinity, .nan, .leastNonzeroMagnitude, 1 / 3]
    #expect(MessagePackValue.packed(floats).packedFloats?.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(MessagePackValue.packed([1.0 as Float]) == .binary([0, 0, 0x80, 0x3f]))
    #expect(MessagePackValue.binary([1, 2, 3]).packedFloats == nil)
    #expect(MessagePackValue.uint(1).packedDoubles == nil)
  }

  @Test func refusesWhatIsNotOneValue() {
    let refused: [(String, MessagePackError)] = [
      ("", .truncated), ("c1", .unsupportedType(0xc1)), ("d40100", .unsupportedType(0xd4)),
      ("c70101ff", .unsupportedType(0xc7)), ("c0c0", .trailingBytes(1)), ("a261", .truncated), ("cd01", .truncated),
      ("92c0", .truncated), ("81a161", .truncated), ("a1ff", .invalidText), ("a2c080", .invalidText),
      ("a3eda080", .invalidText), ("ddffffffff", .truncated), ("dfffffffff", .truncated), ("dbffffffff61", .truncated),
    ]
    for (hexadecimal, error) in refused {
      #expect(throws: error, "\(hexadecimal)") { try MessagePackValue(decoding: bytes(hexadecimal)) }
    }
  }

  @Test func boundsDepthCountAndLength() throws {
    let deep = [UInt8](repeating: 0x91, count: 100_000) + [0xc0]
    #expect(throws: MessagePackError.tooDeep(limit: 16)) { try MessagePackValue(decoding: deep) }
    let allowed = [UInt8](repeating: 0x91, count: 16) + [0xc0]
    #expect(throws: Never.self) { try MessagePackValue(decoding: allowed) }
    let wide: [UInt8] = [0xdd, 0x00, 0x10, 0x00, 0x00] + [UInt8](repeating: 0xc0, count: 1 << 20)
    #expect(throws: MessagePackError.tooManyValues(limit: 262_144)) { try MessagePackValue(decoding: wide) }
    let bounds = MessagePackBounds(bytesMax: 10, depthMax: 4, valuesMax: 4)
    #expect(throws: MessagePackError.tooLong(bytes: 11, limit: 10)) {
      try MessagePackValue(decoding: [UInt8](repeating: 0xc0, count: 11), within: bounds)
    }
  }

  /// Five bytes that ask for 96 GB, alone and many in one frame.
  @Test func bombsTakeNoMemory() {
    let before = residentBytes()
    for _ in 0..<1_000 {
      #expect(throws: MessagePackError.self) { try MessagePackValue(decoding: [0xdd, 0xff, 0xff, 0xff, 0xff]) }
    }
    let many = (0..<100_000).flatMap { _ in [UInt8]([0xdd, 0x00, 0x01, 0x00, 0x00]) }
    #expect(throws: MessagePackError.self) { try MessagePackValue(decoding: [0xdc, 0xff, 0xff] + many) }
    #expect(residentBytes() - before < 64 << 20)
  }

  /// 10⁵ damaged frames, half of them random from the start; whatever is accepted is a value of the same bytes' meaning.
  @Test func survivesDamage() throws {
    var generator = SeededGenerator(seed: 11)
    let frames = Self.vectors.map { $0.0.encoded() } + MessageTests.frames
    let before = residentBytes()
    var accepted = 0
    for round in 0..<100_000 {
      var frame = round.isMultiple(of: 2) ? frames.randomElement(using: &generator) ?? [] : []
      if frame.isEmpty { frame = (0..<Int.random(in: 0...64, using: &generator)).map { _ in generator.byte() } }
      damage(&frame, &generator)
      if let value = try? MessagePackValue(decoding: frame) {
        accepted += 1
        // Encoding again and decoding gives the same, but for the payload of a NaN and -0 as an integer.
        #expect(value.encoded().count <= frame.count + 64)
      }
      _ = try? WorkerMessage(decoding: frame)
      _ = try? CoordinatorMessage(decoding: frame)
    }
    #expect(accepted > 1_000)
    #expect(residentBytes() - before < 64 << 20)
  }

  private func damage(_ frame: inout [UInt8], _ generator: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      guard !frame.isEmpty else { return }
      let place = Int.random(in: 0..<frame.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: frame[place] = generator.byte()
      case 1: frame[place] ^= 1 << Int.random(in: 0..<8, using: &generator)
      case 2: frame.removeSubrange(place...)
      default: frame.insert(generator.byte(), at: place)
      }
    }
  }
}

extension SeededGenerator {
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
