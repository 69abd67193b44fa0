import Foundation

/// Single-precision numbers as bytes: IEEE 754, little-endian, as `numpy.frombuffer(blob, "<f4")` reads them.
enum Float32Blob {
  static func withBytes<Value>(of values: [Float], _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    try values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
  }

  /// Nothing if the length is not a multiple of four.
  static func decode(_ bytes: Data) -> [Float]? {
    guard bytes.count.isMultiple(of: 4) else { return nil }
    return bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map { index in
        Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
  }
}
