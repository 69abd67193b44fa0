/// The header of a `.npy` file of NumPy's format 1.0: what the entries are, and how many.
///
/// The format (NumPy Enhancement Proposal 1, and `numpy.lib.format`): the bytes `\x93NUMPY`, the version 1 0, the length
/// of the rest in two bytes, little-endian, then a Python dictionary in ASCII, padded with spaces and ended by a
/// newline so that the whole header is a multiple of 64 bytes. The entries follow, here always little-endian and in C
/// order: the last axis varies fastest.
public struct NPYHeader: Sendable, Hashable {
  /// The type of an entry.
  public enum Element: String, Sendable, Hashable, CaseIterable {
    /// IEEE 754 single precision.
    case float32 = "<f4"
    /// IEEE 754 double precision.
    case float64 = "<f8"
    /// 64-bit two's complement.
    case int64 = "<i8"

    /// Bytes of an entry.
    public var byteCount: Int { self == .float32 ? 4 : 8 }
  }

  /// The type of the entries.
  public let element: Element
  /// Lengths of the axes; none for a single number.
  public let shape: [Int]

  /// A header.
  public init(element: Element, shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "an axis has a length of at least 0")
    self.element = element
    self.shape = shape
  }

  /// Number of entries.
  public var entryCount: Int { shape.reduce(1, *) }

  /// Bytes of the whole file.
  public var fileByteCount: Int { bytes.count + entryCount * element.byteCount }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
  private static let alignment = 64

  /// The bytes of the header.
  public var bytes: [UInt8] {
    // A tuple of one has a comma after it, in Python as in the format.
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var dictionary = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(axes)), }"
    let unpadded = Self.magic.count + 2 + dictionary.utf8.count + 1
    let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
    dictionary += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(dictionary.utf8.count)
    return Self.magic + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(dictionary.utf8)
  }
}
