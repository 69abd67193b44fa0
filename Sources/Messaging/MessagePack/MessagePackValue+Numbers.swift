extension MessagePackValue {
  /// Double-precision numbers as little-endian bytes.
  public static func packed(_ values: [Double]) -> MessagePackValue {
    .binary(littleEndian(values.map(\.bitPattern)))
  }

  /// Single-precision numbers as little-endian bytes.
  public static func packed(_ values: [Float]) -> MessagePackValue {
    .binary(littleEndian(values.map(\.bitPattern)))
  }

  /// The numbers of ``packed(_:)-(Double)``; nothing if this is not bytes, or not a whole number of numbers.
  public var packedDoubles: [Double]? {
    words(of: UInt64.self)?.map { Double(bitPattern: $0) }
  }

  /// The numbers of ``packed(_:)-(Float)``; nothing if this is not bytes, or not a whole number of numbers.
  public var packedFloats: [Float]? {
    words(of: UInt32.self)?.map { Float(bitPattern: $0) }
  }

  private static func littleEndian<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
  }

  private func words<Word: FixedWidthInteger>(of type: Word.Type) -> [Word]? {
    let size = MemoryLayout<Word>.size
    guard case .binary(let bytes) = self, bytes.count.isMultiple(of: size) else { return nil }
    return bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: size).map {
        Word(littleEndian: buffer.loadUnaligned(fromByteOffset: $0, as: Word.self))
      }
    }
  }
}
