import CSodium

/// SHA-256 (FIPS 180-4) by libsodium: of a whole message, or of one that comes in pieces.
package struct SHA256 {
  /// Bytes of a digest.
  package static let digestLength = 32

  // `sodium_init` returns 0 at the first call, 1 at later ones, −1 on failure; a lazy static runs it once.
  private static let isReady = sodium_init() >= 0

  private var state = crypto_hash_sha256_state()

  /// An empty message.
  package init() {
    Self.requireLibrary()
    crypto_hash_sha256_init(&state)
  }

  /// Appends bytes to the message.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update($0) }) == nil {
      Array(bytes).withUnsafeBufferPointer { update($0) }
    }
  }

  private mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    crypto_hash_sha256_update(&state, bytes.baseAddress, UInt64(bytes.count))
  }

  /// The 32 bytes of the digest of what was appended so far; more may be appended afterwards.
  package func finalize() -> [UInt8] {
    var copy = state
    var digest = [UInt8](repeating: 0, count: Self.digestLength)
    crypto_hash_sha256_final(&copy, &digest)
    return digest
  }

  /// The 32 bytes of the digest of a whole message.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    requireLibrary()
    var digest = [UInt8](repeating: 0, count: digestLength)
    crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
    return digest
  }

  /// The first two big-endian 64-bit words of the digest of a whole message. Allocates nothing.
  package static func firstWords(of bytes: [UInt8]) -> (UInt64, UInt64) {
    requireLibrary()
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { digest in
      if let base = digest.bindMemory(to: UInt8.self).baseAddress {
        crypto_hash_sha256(base, bytes, UInt64(bytes.count))
      }
    }
    return (UInt64(bigEndian: words.0), UInt64(bigEndian: words.1))
  }

  private static func requireLibrary() { precondition(isReady, "libsodium did not start: no source of randomness") }
}

/// Two lower-case hexadecimal digits for each byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
