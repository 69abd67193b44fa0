import CMessagePack

extension MessagePackValue {
  /// Decodes exactly one value; throws a ``MessagePackError`` for anything else, before memory is taken for it.
  public init(decoding bytes: [UInt8], within bounds: MessagePackBounds = MessageLimits.bounds) throws(MessagePackError)
  {
    // Array.withUnsafeBytes does not pass a typed error on; a Result does.
    let result: Result<MessagePackValue, MessagePackError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(MessagePackError) -> MessagePackValue in
        try bounds.check(buffer)
        return try Self.unpack(buffer)
      }
    }
    self = try result.get()
  }

  /// Unpacks bytes whose bounds were checked.
  private static func unpack(_ bytes: UnsafeRawBufferPointer) throws(MessagePackError) -> MessagePackValue {
    var unpacked = msgpack_unpacked()
    msgpack_unpacked_init(&unpacked)
    defer { msgpack_unpacked_destroy(&unpacked) }
    var offset = 0
    let outcome = msgpack_unpack_next(
      &unpacked, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &offset)
    guard outcome == MSGPACK_UNPACK_SUCCESS, offset == bytes.count else { throw .rejected }
    return try MessagePackValue(unpacked.data)
  }

  /// Copies an unpacked object. The depth was bounded by the walk, so the recursion is.
  private init(_ object: msgpack_object) throws(MessagePackError) {
    switch object.type {
    case MSGPACK_OBJECT_NIL: self = .null
    case MSGPACK_OBJECT_BOOLEAN: self = .bool(object.via.boolean)
    case MSGPACK_OBJECT_POSITIVE_INTEGER: self = .uint(object.via.u64)
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: self = .int(object.via.i64)
    case MSGPACK_OBJECT_FLOAT32: self = .float(Float(object.via.f64))
    case MSGPACK_OBJECT_FLOAT64: self = .double(object.via.f64)
    case MSGPACK_OBJECT_STR:
      let bytes = UnsafeRawBufferPointer(start: object.via.str.ptr, count: Int(object.via.str.size))
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
      self = .string(text)
    case MSGPACK_OBJECT_BIN:
      self = .binary([UInt8](UnsafeRawBufferPointer(start: object.via.bin.ptr, count: Int(object.via.bin.size))))
    case MSGPACK_OBJECT_ARRAY:
      let items = UnsafeBufferPointer(start: object.via.array.ptr, count: Int(object.via.array.size))
      var values: [MessagePackValue] = []
      values.reserveCapacity(items.count)
      for item in items { values.append(try MessagePackValue(item)) }
      self = .array(values)
    case MSGPACK_OBJECT_MAP:
      let items = UnsafeBufferPointer(start: object.via.map.ptr, count: Int(object.via.map.size))
      var entries: [Entry] = []
      entries.reserveCapacity(items.count)
      for item in items { entries.append(Entry(try MessagePackValue(item.key), try MessagePackValue(item.val))) }
      self = .map(entries)
    default: throw .rejected
    }
  }
}
