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
