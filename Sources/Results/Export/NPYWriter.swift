import Foundation

/// Why an export was not made.
public enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is something at the place already.
  case exists(path: String)
  /// It would take more bytes than allowed.
  case tooLarge(bytes: Int, limit: Int)
  /// A file or directory could not be written.
  case cannotWrite(path: String, reason: String)

  /// Whether another request would do, and nothing is wrong with the machine.
  public var isRefusal: Bool {
    switch self {
    case .exists, .tooLarge: true
    case .cannotWrite: false
    }
  }

  /// A sentence on what is wrong, and one on what to do.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) exists already, and is left as it is. Choose another directory."
    case .tooLarge(let bytes, let limit):
      "the export would take \(Self.size(bytes)), more than \(Self.size(limit)). Ask for it with --force, "
        + "or export a trial with a shorter context or fewer prompts."
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)."
    }
  }

  /// A number of bytes for people.
  static func size(_ bytes: Int) -> String {
    bytes < 1 << 30
      ? String(format: "%.1f MiB", Double(bytes) / 1_048_576)
      : String(format: "%.1f GiB", Double(bytes) / 1_073_741_824)
  }
}

/// Writes one `.npy` file piece by piece, so that an array larger than memory can be written.
public final class NPYWriter {
  private let path: String
  private let handle: FileHandle
  private let element: NPYHeader.Element
  private var missing: Int
  private var buffer = Data()

  /// Bytes that are gathered before they are handed to the system.
  private static let bufferBytes = 1 << 20

  /// Makes the file, which must not exist, and writes its header.
  ///
  /// - Throws: ``ExportError``.
  public init(path: String, header: NPYHeader) throws(ExportError) {
    self.path = path
    element = header.element
    missing = header.entryCount
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    buffer.append(contentsOf: header.bytes)
  }

  /// Appends entries of an array of single precision.
  public func append(_ values: [Float]) throws(ExportError) {
    precondition(element == .float32, "single-precision entries for an array of \(element.rawValue)")
    try append(values.map(\.bitPattern.littleEndian))
  }

  /// Appends entries of an array of double precision.
  public func append(_ values: [Double]) throws(ExportError) {
    precondition(element == .float64, "double-precision entries for an array of \(element.rawValue)")
    try append(values.map(\.bitPattern.littleEndian))
  }

  /// Appends entries of an array of whole numbers.
  public func append(_ values: [Int]) throws(ExportError) {
    precondition(element == .int64, "whole numbers for an array of \(element.rawValue)")
    try append(values.map { Int64($0).littleEndian })
  }

  /// Writes what is left and closes the file. All entries that the shape asks for must have been appended.
  public func finish() throws(ExportError) {
    precondition(missing == 0, "\(missing) entries of \(path) are missing")
    try flush()
    do { try handle.close() } catch { throw failure(error) }
  }

  private func append<Bits: FixedWidthInteger>(_ bits: [Bits]) throws(ExportError) {
    precondition(bits.count <= missing, "more entries than the shape of \(path) asks for")
    missing -= bits.count
    bits.withUnsafeBytes { buffer.append(contentsOf: $0) }
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  private func flush() throws(ExportError) {
    do { try handle.write(contentsOf: buffer) } catch { throw failure(error) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func failure(_ error: any Error) -> ExportError {
    .cannotWrite(path: path, reason: error.localizedDescription)
  }
}
