/// A typed value of a trial's parameter. Two values are the same only if type and bits agree.
public enum ParameterValue: Sendable, Hashable {
  /// A whole number.
  case integer(Int)
  /// A real number, compared and stored by its bit pattern.
  case real(Double)
  /// A word, one of a parameter's allowed ones.
  case text(String)
  /// Yes or no.
  case flag(Bool)
  /// A list of real numbers: mixture weights or variances, the entries of a matrix.
  case reals([Double])
  /// A whole number drawn anew for each prompt, uniformly from a range.
  case integerRange(ClosedRange<Int>)
}

extension ParameterValue: CustomStringConvertible {
  /// As it would be written in a sweep file.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    case .flag(let value): "\(value)"
    case .reals(let values): "[\(values.map { "\($0)" }.joined(separator: ", "))]"
    case .integerRange(let range): "{uniform: [\(range.lowerBound), \(range.upperBound)]}"
    }
  }
}
