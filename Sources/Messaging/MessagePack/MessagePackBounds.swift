/// What is allowed in bytes from the network before anything is unpacked.
///
/// msgpack-c allocates 24 bytes for every element that a header announces before it reads the first: five bytes can ask
/// for 96 GB. So the headers are walked first, without allocation, and only bounded bytes are unpacked.
public struct MessagePackBounds: Sendable, Hashable {
  /// Length of the whole value.
  public var bytesMax: Int
  /// Arrays and maps inside each other.
  public var depthMax: Int
  /// Values in all arrays and maps together (a pair of a map counts as two).
  public var valuesMax: Int

  /// Bounds.
  public init(bytesMax: Int, depthMax: Int, valuesMax: Int) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
    self.valuesMax = valuesMax
  }

  /// Walks over one value and its parts; throws a ``MessagePackError`` if it breaks a bound or is not followed by the
  /// end. Text is not looked into.
  func check(_ bytes: UnsafeRawBufferPointer) throws(MessagePackError) {
    guard bytes.count <= bytesMax else { throw .tooLong(bytes: bytes.count, limit: bytesMax) }
    var walker = MessagePackWalker(bytes: bytes)
    /// Values that are still to come at each open level, the innermost last.
    var open: [Int] = [1]
    var values = 0
    while let remaining = open.last {
      if remaining == 0 {
        open.removeLast()
        continue
      }
      open[open.count - 1] = remaining - 1
      let children = try walker.next()
      guard children > 0 else { continue }
      guard children <= walker.remaining else { throw .truncated }
      values += children
      guard values <= valuesMax else { throw .tooManyValues(limit: valuesMax) }
      guard open.count <= depthMax else { throw .tooDeep(limit: depthMax) }
      open.append(children)
    }
    guard walker.remaining == 0 else { throw .trailingBytes(walker.remaining) }
  }
}

/// Steps from header to header.
private struct MessagePackWalker {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  /// Steps over one header and the bytes that belong to it; returns the number of values that it contains.
  mutating func next() throws(MessagePackError) -> Int {
    let head = UInt8(try unsigned(width: 1))
    switch head {
    case 0x00...0x7f, 0xe0...0xff, 0xc0, 0xc2, 0xc3: return 0
    case 0x80...0x8f: return 2 * Int(head & 0x0f)
    case 0x90...0x9f: return Int(head & 0x0f)
    case 0xa0...0xbf: try skip(Int(head & 0x1f))
    case 0xc4, 0xd9: try skip(try unsigned(width: 1))
    case 0xc5, 0xda: try skip(try unsigned(width: 2))
    case 0xc6, 0xdb: try skip(try unsigned(width: 4))
    case 0xcc, 0xd0: try skip(1)
    case 0xcd, 0xd1: try skip(2)
    case 0xca, 0xce, 0xd2: try skip(4)
    case 0xcb, 0xcf, 0xd3: try skip(8)
    case 0xdc: return try unsigned(width: 2)
    case 0xdd: return try unsigned(width: 4)
    case 0xde: return 2 * (try unsigned(width: 2))
    case 0xdf: return 2 * (try unsigned(width: 4))
    default: throw .unsupportedType(head)
    }
    return 0
  }

  private mutating func skip(_ count: Int) throws(MessagePackError) {
    guard count <= remaining else { throw .truncated }
    position += count
  }

  private mutating func unsigned(width: Int) throws(MessagePackError) -> Int {
    guard width <= remaining else { throw .truncated }
    var value = 0
    for offset in 0..<width { value = value << 8 | Int(bytes[position + offset]) }
    position += width
    return value
  }
}
