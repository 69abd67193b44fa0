import CMessagePack

extension MessagePackValue {
  /// The bytes of the value, every number in its shortest form.
  public func encoded() -> [UInt8] {
    var buffer = msgpack_sbuffer()
    msgpack_sbuffer_init(&buffer)
    defer { msgpack_sbuffer_destroy(&buffer) }
    return withUnsafeMutablePointer(to: &buffer) { buffer in
      var packer = msgpack_packer()
      msgpack_packer_init(&packer, buffer) { data, bytes, count in
        msgpack_sbuffer_write(data, bytes, count)
      }
      pack(into: &packer)
      return [UInt8](UnsafeRawBufferPointer(start: buffer.pointee.data, count: buffer.pointee.size))
    }
  }

  /// Appends the value. The packer's only failure is a failed allocation, which ends the process as everywhere in Swift.
  private func pack(into packer: inout msgpack_packer) {
    let status: Int32
    switch self {
    case .null: status = msgpack_pack_nil(&packer)
    case .bool(let value): status = value ? msgpack_pack_true(&packer) : msgpack_pack_false(&packer)
    case .int(let value): status = msgpack_pack_int64(&packer, value)
    case .uint(let value): status = msgpack_pack_uint64(&packer, value)
    case .float(let value): status = msgpack_pack_float(&packer, value)
    case .double(let value): status = msgpack_pack_double(&packer, value)
    case .string(var text):
      status = text.withUTF8 { msgpack_pack_str_with_body(&packer, $0.baseAddress, $0.count) }
    case .binary(let bytes):
      status = bytes.withUnsafeBytes { msgpack_pack_bin_with_body(&packer, $0.baseAddress, $0.count) }
    case .array(let values):
      status = msgpack_pack_array(&packer, values.count)
      for value in values { value.pack(into: &packer) }
    case .map(let entries):
      status = msgpack_pack_map(&packer, entries.count)
      for entry in entries {
        entry.key.pack(into: &packer)
        entry.value.pack(into: &packer)
      }
    }
    precondition(status == 0, "out of memory while packing a message")
  }
}
