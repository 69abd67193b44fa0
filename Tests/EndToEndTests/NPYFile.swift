import Foundation

/// A `.npy` file of format 1.0, read by a reader that shares nothing with the writer.
struct NPYFile {
  let type: String
  let shape: [Int]
  private let bytes: Data

  init(_ path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard data.count >= 10, data.prefix(8) == Data([0x93] + Array("NUMPY".utf8) + [1, 0]) else {
      throw Failure("\(path) is not a .npy file of format 1.0")
    }
    let length = Int(data[8]) | Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    guard let match = header.firstMatch(of: /'descr': '(<[fi][48])', 'fortran_order': False, 'shape': \((.*?)\)/) else {
      throw Failure("\(path) has the header \(header)")
    }
    type = String(match.1)
    shape = match.2.split(separator: ",").compactMap { Int($0.drop { $0 == " " }) }
    bytes = data.dropFirst(10 + length)
    guard bytes.count == shape.reduce(1, *) * (type == "<f4" ? 4 : 8) else {
      throw Failure("\(path) has \(bytes.count) bytes of data for the shape \(shape)")
    }
  }

  /// The entries, whatever their type.
  var doubles: [Double] {
    bytes.withUnsafeBytes { buffer in
      (0..<shape.reduce(1, *)).map { index in
        switch type {
        case "<f4":
          Double(Float(bitPattern: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).littleEndian))
        case "<f8":
          Double(bitPattern: buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self).littleEndian)
        default: Double(Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self)))
        }
      }
    }
  }
}
