package import Sweeps

/// Writes JSON as this package needs it: numbers that keep every bit, keys in a fixed order.
///
/// Foundation's encoder sorts by its own rules and prints doubles by its own; here the same value always gives the
/// same text, and the text gives back the same double.
package enum JSONText {
  /// A quoted string (RFC 8259, section 7); all control characters are escaped, for it may be shown on a terminal.
  package static func string(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy(isPlain) { return "\"\(text)\"" }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value): result += escape(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The shortest decimal that reads back as the same double. JSON has no word for NaN, which becomes `null`;
  /// infinities become ±1e999, which every reader of doubles takes for them.
  package static func number(_ value: Double) -> String {
    if value.isNaN { return "null" }
    if value.isInfinite { return value < 0 ? "-1e999" : "1e999" }
    return value.description
  }

  /// An array of numbers.
  package static func numbers(_ values: [Double]) -> String {
    "[" + values.map(number).joined(separator: ",") + "]"
  }

  /// Reads what ``numbers(_:)`` wrote, bit for bit but for the payload of a NaN; nothing if it is not that.
  package static func parseNumbers(_ text: String) -> [Double]? {
    guard text.first == "[", text.last == "]" else { return nil }
    let body = text.dropFirst().dropLast()
    if body.isEmpty { return [] }
    var values: [Double] = []
    for item in body.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = item == "null" ? Double.nan : Double(item) else { return nil }
      values.append(value)
    }
    return values
  }

  /// A parameter's value; a range of whole numbers becomes the string `"4..8"`.
  package static func value(_ value: ParameterValue) -> String {
    switch value {
    case .integer(let number): String(number)
    case .real(let number): Self.number(number)
    case .text(let text): string(text)
    case .flag(let flag): flag ? "true" : "false"
    case .reals(let numbers): Self.numbers(numbers)
    case .integerRange: string(value.plainText)
    }
  }

  /// An object of all parameters, in the order of their names.
  package static func object(_ parameters: ParameterSet) -> String {
    var result = "{"
    for entry in parameters.entries {
      if result.utf8.count > 1 { result += "," }
      result += string(entry.name)
      result += ":"
      result += value(entry.value)
    }
    return result + "}"
  }

  /// Whether a byte of UTF-8 stands for itself in a string: as good as all do that this package writes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension ParameterValue {
  /// The value as a person would write it; the same text for the same bits. `4..8` is a range that is drawn from anew
  /// for each prompt.
  package var plainText: String {
    switch self {
    case .integer(let number): String(number)
    case .real(let number): number.description
    case .text(let text): text
    case .flag(let flag): flag ? "true" : "false"
    case .reals(let numbers): "[" + numbers.map(\.description).joined(separator: ", ") + "]"
    case .integerRange(let range): "\(range.lowerBound)..\(range.upperBound)"
    }
  }
}
