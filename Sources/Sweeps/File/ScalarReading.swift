/// Numbers as sweep files write them. What is accepted is written down here, not inherited from YAML 1.1, in which 010
/// is eight and 1:30 is ninety.
enum ScalarReading {
  enum Number: Equatable {
    case integer(Int)
    case real(Double)
    /// Looks like a number and is none that can be used; the text says why.
    case unusable(String)
    case none
  }

  /// A number: an optional sign, digits that may be grouped by `_`, a fraction, an exponent.
  static func number(_ text: String) -> Number {
    switch text.lowercased() {
    case ".inf", "+.inf", "-.inf", "inf", "-inf", "+inf", "infinity", "-infinity": return .unusable("must be finite")
    case ".nan", "nan": return .unusable("must be a number, not NaN")
    default: break
    }
    guard let parts = parts(of: text) else { return .none }
    let plain = text.filter { $0 != "_" }
    if parts.isIntegral {
      guard parts.integer.count == 1 || parts.integer.first != "0" else {
        return .unusable("must not begin with 0, which YAML takes for octal")
      }
      guard let value = Int(plain) else { return .unusable("is too large for a 64-bit integer") }
      return .integer(value)
    }
    guard let value = Double(plain), value.isFinite else { return .unusable("is too large for a double") }
    let isWrittenZero = parts.digits.allSatisfy { $0 == "0" }
    guard value != 0 || isWrittenZero else { return .unusable("is too small for a double") }
    return .real(value == 0 ? 0 : value)
  }

  private struct Parts {
    var integer: Substring
    var digits: [Character]
    var isIntegral: Bool
  }

  private static func parts(of text: String) -> Parts? {
    var rest = text[...]
    if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
    let integer = take(&rest)
    var digits = Array(integer)
    var isIntegral = true
    if rest.first == "." {
      rest.removeFirst()
      digits += take(&rest)
      isIntegral = false
    }
    guard !digits.isEmpty, integer.first != "_", digits.last != "_" else { return nil }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
      guard !take(&rest).isEmpty else { return nil }
      isIntegral = false
    }
    return rest.isEmpty ? Parts(integer: integer, digits: digits.filter { $0 != "_" }, isIntegral: isIntegral) : nil
  }

  private static func take(_ rest: inout Substring) -> Substring {
    let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "_" }
    rest = rest[digits.endIndex...]
    return digits
  }
}
