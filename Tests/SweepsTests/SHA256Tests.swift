import Sweeps
import Testing

struct SHA256Tests {
  /// Digests by Python's hashlib; the first two are also in FIPS 180-4's examples.
  static let messages: [([UInt8], String)] = [
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      (0..<1280).map { UInt8(truncatingIfNeeded: $0) },
      "d414b085826eb06778483ba35564dc849e643359f69ed9747878ba6e54985bed"
    ),
  ]

  @Test(arguments: messages) func digestsAreThoseOfHashlib(message: [UInt8], digest: String) {
    #expect(hexadecimal(SHA256.digest(of: message)) == digest)
  }

  @Test(arguments: [1, 3, 63, 64, 65, 1000]) func piecesGiveTheDigestOfTheWhole(length: Int) {
    for (message, digest) in Self.messages {
      var hash = SHA256()
      for start in stride(from: 0, to: message.count, by: length) {
        hash.update(message[start..<min(start + length, message.count)])
      }
      #expect(hexadecimal(hash.finalize()) == digest)
      #expect(hexadecimal(hash.finalize()) == digest, "asking twice changes nothing")
    }
  }

  @Test func firstWordsAreTheBeginningOfTheDigest() {
    let (high, low) = SHA256.firstWords(of: Array("abc".utf8))
    #expect(high == 0xba78_16bf_8f01_cfea)
    #expect(low == 0x4141_40de_5dae_2223)
  }
}
