/// What a peer must know to join a run, or to look on. Readable by its owner only: it holds a key.
public struct JoinFile: Sendable, Hashable, Codable {
  /// Format that this program reads and writes.
  public static let version = 2
  /// Bytes of a file that is believed to be a join file.
  static let fileBytesMax = 64 << 10
  /// Endpoints that a file may name.
  public static let endpointsMax = 16

  /// Of the file's format.
  public var version = Self.version
  /// What its key is good for.
  public var role: PeerRole
  /// Where to connect, at least one.
  public var endpoints: [String]
  /// The coordinator's CURVE key; nothing for endpoints that need none.
  public var server: CurvePublicKey?
  /// The key pair that all peers of the role share.
  public var client: CurveKeyPair?
  /// Name of the sweep, for people.
  public var sweepName: String
  /// Hash of the sweep.
  public var sweepHash: String
  /// Of the keys: 32 hexadecimal digits, drawn when they were made.
  public var epoch: String
  /// Version of the program that wrote it.
  public var build: String

  /// The contents for a run.
  public init(
    role: PeerRole = .worker, endpoints: [String], server: CurvePublicKey?, client: CurveKeyPair?, sweepName: String,
    sweepHash: String, epoch: Identifier, build: String
  ) {
    self.role = role
    self.endpoints = endpoints
    self.server = server
    self.client = client
    self.sweepName = sweepName
    self.sweepHash = sweepHash
    self.epoch = epoch.description
    self.build = build
  }

  /// How to connect: CURVE if the file has keys.
  public var security: SocketOptions.Security {
    guard let server, let client else { return .none }
    return .curveClient(client, server: server)
  }

  /// Writes the file, mode 0600, under a temporary name and renames it into place; throws a ``PrivateFileError``.
  public func write(to path: String) throws {
    try PrivateFile.write(self, to: path)
  }

  /// Reads and checks a file; throws a ``PrivateFileError`` that says what is wrong with it.
  public static func load(from path: String) throws -> JoinFile {
    let file: JoinFile = try PrivateFile.decode(path, as: "join file", version: version, bytesMax: fileBytesMax)
    if let fault = file.fault { throw PrivateFileError(path: path, reason: fault) }
    return file
  }

  /// What is wrong with the contents, if anything is.
  private var fault: String? {
    guard (1...Self.endpointsMax).contains(endpoints.count) else { return "it names no endpoint, or too many" }
    for endpoint in endpoints where !endpoint.hasPrefix("tcp://") && !endpoint.hasPrefix("ipc://") {
      return "endpoint '\(endpoint)' is neither tcp:// nor ipc://"
    }
    switch (server, client) {
    case (nil, nil):
      return endpoints.contains { $0.hasPrefix("tcp://") } ? "it has a tcp:// endpoint and no keys" : nil
    case (.some, .some): return nil
    default: return "its keys are incomplete: 'server' and 'client' belong together"
    }
  }
}
