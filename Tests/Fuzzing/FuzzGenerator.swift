/// The random choices of one case: SplitMix64 (Steele, Lea and Flood 2014), seeded by the case's number, so that every
/// case can be made again without those before it.
public struct FuzzGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// The generator of a case.
  public init(seed: UInt64, index: UInt64 = 0) { state = seed ^ (index &* 0xd129_42f0_5d7e_19b5) }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// One of the elements, of which there must be one.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// A number from 0 to `count` − 1; 0 if there is none.
  mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// A byte.
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  /// Some bytes.
  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  /// A number that programs stumble over, or any.
  mutating func hardInteger() -> Int64 {
    let hard: [Int64] = [
      0, 1, -1, 2, 16, 127, 128, 255, 256, 511, 512, 513, 1_023, 1_024, 1_025, 32_767, 65_535, 65_536, 1 << 20,
      1 << 31 - 1, 1 << 31, 1 << 32, 1 << 53, .max - 1, .max, .min,
    ]
    return once(in: 4) ? Int64(bitPattern: next()) >> Int64(below(64)) : pick(hard)
  }

  /// A real number that programs stumble over, or any.
  mutating func hardDouble() -> Double {
    let hard: [Double] = [
      0, -0.0, 1, -1, 0.1, 1e-300, 1e300, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      0x1p53, 0x1p63, 0x1p64,
    ]
    return once(in: 4) ? Double(bitPattern: next()) : pick(hard)
  }
}
