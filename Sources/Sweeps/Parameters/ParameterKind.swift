import Numerics

/// What values a parameter can have.
package enum ParameterKind: Sendable, Hashable {
  /// A whole number.
  case integer(ClosedRange<Int>)
  /// A whole number, or `{uniform: [first, last]}`.
  case integerOrUniform(ClosedRange<Int>)
  /// A real number.
  case real(RealBounds)
  /// A real number, or a list of them.
  case realOrList(RealBounds, countMax: Int)
  /// A list of real numbers in ascending order, or in any.
  case reals(RealBounds, counts: ClosedRange<Int>, areAscending: Bool)
  /// One of several words.
  case word([String])
  /// `true` or `false`.
  case flag
  /// `none`, `random`, or an invertible square matrix as a list of rows.
  case transform

  /// The allowed values in words.
  package var description: String {
    switch self {
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .integerOrUniform(let range):
      "an integer from \(range.lowerBound) to \(range.upperBound), or {uniform: [first, last]}"
    case .real(let bounds): "a number, \(bounds.description)"
    case .realOrList(let bounds, _): "a number or a list of numbers, \(bounds.description)"
    case .reals(let bounds, _, let areAscending):
      "a list of \(areAscending ? "ascending " : "")numbers, each \(bounds.description)"
    case .word(let words): words.joined(separator: ", ")
    case .flag: "true or false"
    case .transform: "none, random, or an invertible matrix as a list of rows"
    }
  }

  /// What is wrong with a value, or nothing.
  package func problem(with value: ParameterValue) -> String? {
    guard value.isNormal else { return "is not in its one normal form" }
    switch (self, value) {
    case (.integer(let range), .integer(let number)), (.integerOrUniform(let range), .integer(let number)):
      return range.contains(number) ? nil : "must be \(description), not \(number)"
    case (.integerOrUniform(let allowed), .integerRange(let range)):
      return allowed.contains(range.lowerBound) && allowed.contains(range.upperBound)
        ? nil : "must stay between \(allowed.lowerBound) and \(allowed.upperBound)"
    case (.real(let bounds), .real(let number)), (.realOrList(let bounds, _), .real(let number)):
      return bounds.contains(number) ? nil : "must be \(bounds.description), not \(number)"
    case (.realOrList(let bounds, let countMax), .reals(let numbers)):
      return Self.problem(with: numbers, bounds: bounds, counts: 1...countMax, areAscending: false)
    case (.reals(let bounds, let counts, let areAscending), .reals(let numbers)):
      return Self.problem(with: numbers, bounds: bounds, counts: counts, areAscending: areAscending)
    case (.word(let words), .text(let word)):
      return words.contains(word) ? nil : "must be one of \(words.joined(separator: ", ")), not \(word)"
    case (.flag, .flag): return nil
    case (.transform, .text(let word)):
      return ["none", "random"].contains(word) ? nil : "must be none, random or a matrix, not \(word)"
    case (.transform, .reals(let entries)): return Self.problem(withTransform: entries)
    default: return "must be \(description)"
    }
  }

  private static func problem(
    with numbers: [Double], bounds: RealBounds, counts: ClosedRange<Int>, areAscending: Bool
  ) -> String? {
    guard counts.contains(numbers.count) else {
      return "must list between \(counts.lowerBound) and \(counts.upperBound) numbers, not \(numbers.count)"
    }
    if let number = numbers.first(where: { !bounds.contains($0) }) {
      return "must have every entry \(bounds.description), not \(number)"
    }
    guard !areAscending || zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return "must be in ascending order"
    }
    return nil
  }

  private static func problem(withTransform entries: [Double]) -> String? {
    let size = Int(Double(entries.count).squareRoot().rounded())
    guard size > 0, size * size == entries.count else { return "must be a square matrix" }
    guard entries.allSatisfy({ abs($0) <= RealBounds.magnitudeMax }) else {
      return "must have entries of at most 1e12 in magnitude"
    }
    return isInvertible(Matrix(rows: size, columns: size, values: entries))
      ? nil : "must be an invertible matrix; this one is singular, or so nearly so that it cannot be told"
  }

  /// Gaussian elimination with partial pivoting: every pivot must exceed 1e-10 of the largest entry.
  private static func isInvertible(_ original: Matrix) -> Bool {
    var matrix = original
    let size = matrix.rows
    let threshold = 1e-10 * matrix.values.reduce(0) { max($0, abs($1)) }
    for column in 0..<size {
      var pivot = column
      for row in column..<size where abs(matrix[row, column]) > abs(matrix[pivot, column]) { pivot = row }
      guard abs(matrix[pivot, column]) > threshold else { return false }
      for index in column..<size {
        (matrix[column, index], matrix[pivot, index]) = (matrix[pivot, index], matrix[column, index])
      }
      for row in column + 1..<max(size, column + 1) {
        let factor = matrix[row, column] / matrix[column, column]
        for index in column..<size { matrix[row, index] -= factor * matrix[column, index] }
      }
    }
    return true
  }
}

extension ParameterValue {
  /// Whether no other value means the same: no negative zero, no range of a single number.
  fileprivate var isNormal: Bool {
    switch self {
    case .real(let value): value != 0 || value.sign == .plus
    case .reals(let values): values.allSatisfy { $0 != 0 || $0.sign == .plus }
    case .integerRange(let range): range.lowerBound < range.upperBound
    default: true
    }
  }
}
