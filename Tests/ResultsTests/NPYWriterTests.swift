import Foundation
import Results
import Testing

/// Files byte for byte as `numpy.save` (NumPy 2.4.6) writes them for the same arrays.
@Suite struct NPYWriterTests {
  private func file(_ header: NPYHeader, _ write: (NPYWriter) throws -> Void) throws -> [UInt8] {
    try withTemporaryDirectory { directory in
      let writer = try NPYWriter(path: "\(directory)/a.npy", header: header)
      try write(writer)
      try writer.finish()
      return try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(directory)/a.npy")))
    }
  }

  private func header(_ dictionary: String) -> [UInt8] {
    let padded = dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0] + Array(padded.utf8)
  }

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
      UInt8(hexadecimal.dropFirst($0).prefix(2), radix: 16)
    }
  }

  @Test func singlePrecisionMatrix() throws {
    let found = try file(NPYHeader(element: .float32, shape: [2, 3])) {
      try $0.append([0, -0.0, Float(1) / 3])
      try $0.append([Float(1e30), -1, 2.5])
    }
    let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    #expect(found == header(dictionary) + bytes("0000000000000080abaaaa3ecaf24971000080bf00002040"))
  }

  @Test func wholeNumbers() throws {
    let found = try file(NPYHeader(element: .int64, shape: [4])) { try $0.append([-1, 0, 1 << 62, 5]) }
    let dictionary = "{'descr': '<i8', 'fortran_order': False, 'shape': (4,), }"
    #expect(found == header(dictionary) + bytes("ffffffffffffffff000000000000000000000000000000400500000000000000"))
  }

  @Test func aSingleDouble() throws {
    let found = try file(NPYHeader(element: .float64, shape: [])) { try $0.append([0.1]) }
    let dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (), }"
    #expect(found == header(dictionary) + bytes("9a9999999999b93f"))
  }

  @Test func anEmptyArray() throws {
    let found = try file(NPYHeader(element: .float32, shape: [2, 0, 3])) { try $0.append([Float]()) }
    #expect(found == header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0, 3), }"))
  }

  /// The data begin at a multiple of 64 bytes, however long the shape is, and sizes are known beforehand.
  @Test(arguments: [[], [1], [800, 500, 16], [10_000_000, 1_000_000, 512], Array(repeating: 123_456_789, count: 32)])
  func headersAreAligned(shape: [Int]) {
    let header = NPYHeader(element: .float32, shape: shape).bytes
    #expect(header.count.isMultiple(of: 64))
    #expect(Int(header[8]) + 256 * Int(header[9]) == header.count - 10)
    #expect(header.last == UInt8(ascii: "\n"))
  }

  @Test func largeArraysAreWrittenInPieces() throws {
    let header = NPYHeader(element: .float64, shape: [300, 1000])
    let found = try file(header) { writer in
      for row in 0..<300 { try writer.append((0..<1000).map { Double(row * 1000 + $0) }) }
    }
    #expect(found.count == header.fileByteCount)
    let last = found.suffix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    #expect(Double(bitPattern: last) == 299_999)
  }

  @Test func aFileThatExistsIsNotTouched() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.npy"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: ExportError.cannotWrite(path: path, reason: "File exists")) {
        try NPYWriter(path: path, header: NPYHeader(element: .float32, shape: []))
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("mine".utf8))
    }
  }

  @Test(.enabled(if: hasNumPy, "python3 with NumPy"))
  func numPyReadsTheSameNumbers() throws {
    try withTemporaryDirectory { directory in
      func write(_ name: String, _ header: NPYHeader, _ body: (NPYWriter) throws -> Void) throws {
        let writer = try NPYWriter(path: "\(directory)/\(name).npy", header: header)
        try body(writer)
        try writer.finish()
      }
      try write("f4", NPYHeader(element: .float32, shape: [2, 3, 4])) { try $0.append((0..<24).map { Float($0) / 3 }) }
      try write("f8", NPYHeader(element: .float64, shape: [5])) { try $0.append((0..<5).map { Double($0) / 7 }) }
      try write("i8", NPYHeader(element: .int64, shape: [3, 1])) { try $0.append([-7, 0, Int.max]) }
      let script = """
        import numpy as np
        f4, f8, i8 = (np.load(f"\(directory)/{name}.npy", allow_pickle=False) for name in ("f4", "f8", "i8"))
        assert f4.dtype == np.dtype("<f4") and f4.flags.c_contiguous
        assert np.array_equal(f4, (np.arange(24, dtype="f4") / np.float32(3)).reshape(2, 3, 4))
        assert f8.dtype == np.dtype("<f8") and np.array_equal(f8, np.arange(5) / 7)
        assert i8.dtype == np.dtype("<i8") and i8.tolist() == [[-7], [0], [2 ** 63 - 1]]
        """
      #expect(try python(script) == 0)
    }
  }
}

/// Whether `python3` is in PATH and has NumPy.
let hasNumPy = (try? python("import numpy")) == 0

/// Runs a Python program and returns its exit code.
private func python(_ script: String) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", script]
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}
