import Foundation

/// How many digits people see: chosen once for a column, so that its decimal points stand below one another.
struct DecimalFormat {
  /// A standard error is shown with so many digits, and its value to the same decimal place.
  private static let errorDigits = 2
  /// A value without a standard error is shown with so many digits.
  private static let valueDigits = 4
  /// More decimals than this are shown as a power of ten.
  private static let decimalsMax = 8
  /// Standard errors below this share of the largest value are rounding errors of equal seeds, and choose no digits.
  private static let errorShareMin = 1e-9
  /// Values from here on are shown as a power of ten.
  private static let fixedPointMax = 1e7

  private let decimals: Int
  private let isScientific: Bool

  /// The format of a column: by the median of its standard errors if it has any, else by the values' own sizes.
  init(values: [Double], standardErrors: [Double]) {
    let values = values.filter(\.isFinite)
    let largest = values.map(\.magnitude).max() ?? 0
    let errors = standardErrors.filter { $0.isFinite && $0 > largest * Self.errorShareMin }.sorted()
    let sizes = values.filter { $0 != 0 }.map(Self.exponent)
    let needed =
      if errors.isEmpty {
        // Four digits of the largest value, but no less than two of the smallest.
        max(Self.valueDigits - 1 - (sizes.max() ?? 0), min(Self.valueDigits + 1, 1 - (sizes.min() ?? 0)))
      } else {
        Self.errorDigits - 1 - Self.exponent(errors[errors.count / 2])
      }
    isScientific = needed > Self.decimalsMax || largest >= Self.fixedPointMax
    decimals = isScientific ? Self.valueDigits - 1 : max(0, needed)
  }

  /// A fixed number of decimals.
  init(decimals: Int) {
    self.decimals = decimals
    isScientific = false
  }

  /// A number for people.
  func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "" : value < 0 ? "-∞" : "∞" }
    return isScientific ? Self.scientific(value, decimals) : Self.fixed(value, decimals)
  }

  /// A number for LaTeX's math mode.
  func latex(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "" : value < 0 ? "-\\infty" : "\\infty" }
    guard isScientific else { return Self.fixed(value, decimals) }
    let parts = Self.scientific(value, decimals).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return String(parts.first ?? "") }
    return "\(parts[0]) \\times 10^{\(exponent)}"
  }

  /// A parameter: as it was written, without a needless `.0`.
  static func parameter(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
  }

  /// Decimal exponent of the leading digit after rounding to two digits, so that 0.0999 counts as 0.10.
  private static func exponent(_ value: Double) -> Int {
    let text = scientific(abs(value), errorDigits - 1)
    return Int(text.split(separator: "e").last ?? "0") ?? 0
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.*f", locale: nil, decimals, value)
  }

  private static func scientific(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.*e", locale: nil, decimals, value)
  }
}
