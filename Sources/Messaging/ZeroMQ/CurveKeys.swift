import CZeroMQ

/// The public half of a CURVE key pair (RFC 26), as 40 characters of Z85 (RFC 32).
public struct CurvePublicKey: Sendable, Hashable {
  /// The 40 characters.
  public let text: String
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// A key from its Z85 text; nothing if it is not one.
  public init?(_ text: String) {
    guard let bytes = CurveKeyPair.decodeZ85(text) else { return nil }
    self.text = text
    self.bytes = bytes
  }
}

/// A CURVE key pair.
public struct CurveKeyPair: Sendable, Hashable, CustomStringConvertible {
  /// What others know.
  public let publicKey: CurvePublicKey
  /// What only the owner knows, as 40 characters of Z85.
  public let secretKey: String

  /// Length of a key as Z85 text.
  static let textLength = 40

  /// A pair from its two halves; nothing if they are no keys or do not belong together.
  public init?(publicKey: String, secretKey: String) {
    var derived = [CChar](repeating: 0, count: Self.textLength + 1)
    guard let key = CurvePublicKey(publicKey), Self.decodeZ85(secretKey) != nil,
      zmq_curve_public(&derived, secretKey) == 0,
      Self.text(derived) == publicKey
    else { return nil }
    self.publicKey = key
    self.secretKey = secretKey
  }

  /// A new pair from libsodium's generator; throws a ``ZeroMQError`` if libzmq was built without CURVE.
  public static func generate() throws -> CurveKeyPair {
    var publicKey = [CChar](repeating: 0, count: textLength + 1)
    var secretKey = [CChar](repeating: 0, count: textLength + 1)
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw ZeroMQError.last("zmq_curve_keypair") }
    guard let pair = CurveKeyPair(publicKey: text(publicKey), secretKey: text(secretKey)) else {
      throw ZeroMQError(operation: "zmq_curve_keypair", code: EINVAL)
    }
    return pair
  }

  /// The public half only, so that no log ever holds the secret one.
  public var description: String { "CurveKeyPair(\(publicKey.text))" }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// 32 bytes from 40 characters of Z85. zmq_z85_decode(3) accepts some characters outside the alphabet, so the text is
  /// encoded again and compared.
  fileprivate static func decodeZ85(_ text: String) -> [UInt8]? {
    guard text.utf8.count == textLength else { return nil }
    var bytes = [UInt8](repeating: 0, count: 32)
    var again = [CChar](repeating: 0, count: textLength + 1)
    guard zmq_z85_decode(&bytes, text) != nil, zmq_z85_encode(&again, bytes, bytes.count) != nil,
      Self.text(again) == text
    else { return nil }
    return bytes
  }
}
