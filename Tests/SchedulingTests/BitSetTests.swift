import Scheduling
import Testing

@Suite struct BitSetTests {
  /// Against the standard library's set, over capacities of one to four levels and their edges.
  @Test(arguments: [1, 63, 64, 65, 4_096, 4_097, 262_145]) func agreesWithASet(capacity: Int) {
    var generator = SeededGenerator(seed: UInt64(capacity))
    var bits = BitSet(capacity: capacity)
    var reference: Set<Int> = []
    for _ in 0..<2_000 {
      let number = Int.random(in: 0..<capacity, using: &generator)
      if Bool.random(using: &generator) {
        bits.insert(number)
        reference.insert(number)
      } else {
        bits.remove(number)
        reference.remove(number)
      }
      let from = Int.random(in: 0..<capacity, using: &generator)
      #expect(bits.contains(from) == reference.contains(from))
      #expect(bits.first(from: from) == reference.filter { $0 >= from }.min())
    }
    #expect(bits.first(from: capacity) == nil)
  }
}
