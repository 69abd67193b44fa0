// Keys in files: the public half as its text, a pair as an object of both halves. What is no key is not decoded.

extension CurvePublicKey: Codable {
  /// Reads the 40 characters; throws a `DecodingError` if they are no key.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let key = CurvePublicKey(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "is no CURVE key"))
    }
    self = key
  }

  /// Writes the 40 characters.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension CurveKeyPair: Codable {
  private enum CodingKeys: String, CodingKey {
    case publicKey = "public"
    case secretKey = "secret"
  }

  /// Reads both halves; throws a `DecodingError` if they do not belong together.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let publicKey = try container.decode(String.self, forKey: .publicKey)
    let secretKey = try container.decode(String.self, forKey: .secretKey)
    guard let pair = CurveKeyPair(publicKey: publicKey, secretKey: secretKey) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "is no CURVE key pair, or its halves do not match"))
    }
    self = pair
  }

  /// Writes both halves: for files that only their owner may read.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(publicKey.text, forKey: .publicKey)
    try container.encode(secretKey, forKey: .secretKey)
  }
}
