/// Damage to bytes that knows nothing of what they mean but where counts are likely to stand.
enum ByteMutation {
  /// Headers of MessagePack, and words of other formats, that ask for much.
  private static let bombs: [[UInt8]] = [
    [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdf, 0xff, 0xff, 0xff, 0xff], [0xdb, 0x7f, 0xff, 0xff, 0xff], [0xdc, 0xff, 0xff],
    [0xc6, 0xff, 0xff, 0xff, 0xff], [0xde, 0xff, 0xff], [0x9f], [0x8f], [0xc1], [0xc7, 0xff, 0x01], [0xd8],
    [0xff, 0xff, 0xff, 0xff], [0x00, 0x00, 0x00, 0x00], [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ]

  /// Applies one to four changes; `other` is another input to take parts of.
  static func apply(to bytes: inout [UInt8], from other: [UInt8], _ generator: inout FuzzGenerator) {
    for _ in 0...generator.below(4) {
      let place = generator.below(bytes.count + 1)
      let length = min(bytes.count - place, 1 + generator.below(generator.once(in: 4) ? 64 : 4))
      switch generator.below(9) {
      case 0 where place < bytes.count: bytes[place] = generator.byte()
      case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(generator.below(8))
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.removeSubrange(place..<place + length)
      case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      case 5: bytes.insert(contentsOf: generator.pick(bombs), at: place)
      case 6: bytes.replaceSubrange(place..<place + length, with: generator.pick(bombs))
      case 7:
        let start = generator.below(other.count)
        bytes.replaceSubrange(place..<place + length, with: other[start..<min(other.count, start + 64)])
      default: bytes.insert(contentsOf: generator.bytes(1 + generator.below(8)), at: place)
      }
    }
  }
}
