/// A set of small numbers that finds the next one from any place on at once.
///
/// One bit for each number, and above it one for each word that is not zero, level by level: a million numbers need four
/// levels, and a search looks at no more than two words of each.
package struct BitSet: Sendable {
  /// The numbers first, then the summaries; the last level is one word.
  private var levels: [[UInt64]] = []

  /// An empty set of numbers below the capacity.
  package init(capacity: Int) {
    var count = max(capacity, 1)
    repeat {
      count = (count + 63) / 64
      levels.append([UInt64](repeating: 0, count: count))
    } while count > 1
  }

  package func contains(_ number: Int) -> Bool { levels[0][number >> 6] & (1 << UInt64(number & 63)) != 0 }

  package mutating func insert(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place >> 6] |= 1 << UInt64(place & 63)
      place >>= 6
    }
  }

  package mutating func remove(_ number: Int) {
    var place = number
    for level in levels.indices {
      levels[level][place >> 6] &= ~(1 << UInt64(place & 63))
      guard levels[level][place >> 6] == 0 else { return }
      place >>= 6
    }
  }

  /// The smallest number of the set that is not below the given one.
  package func first(from number: Int) -> Int? {
    var place = number
    for level in levels.indices {
      guard place >> 6 < levels[level].count else { return nil }
      let word = levels[level][place >> 6] & (.max << UInt64(place & 63))
      if word != 0 { return descend(from: level, to: place & ~63 | word.trailingZeroBitCount) }
      // Nothing in this word: go on with the next one, a level higher.
      place = (place >> 6) + 1
    }
    return nil
  }

  /// The first number below a set bit of a level.
  private func descend(from level: Int, to place: Int) -> Int {
    var place = place
    for lower in stride(from: level - 1, through: 0, by: -1) {
      place = place << 6 | levels[lower][place].trailingZeroBitCount
    }
    return place
  }
}
