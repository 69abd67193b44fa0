import Foundation

/// A value as JSON with names in snake_case, the form of everything that `icd` prints for programs: indented, or on one
/// line.
func jsonText(_ value: some Encodable, isIndented: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
  encoder.keyEncodingStrategy = .convertToSnakeCase
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
