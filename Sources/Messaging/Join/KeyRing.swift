/// All keys of a run over TCP, and what they were made for. It holds every secret, so it stays with the coordinator: a
/// ``JoinFile`` carries only what one kind of peer needs.
public struct KeyRing: Sendable, Hashable, Codable {
  /// Format that this program reads and writes.
  public static let version = 1
  /// Name of the file, beside the join files or in an output directory.
  public static let fileName = "coordinator.key"
  /// Bytes of a file that is believed to be a key ring.
  static let fileBytesMax = 64 << 10

  /// What keys are for that were made before their coordinator started.
  public struct Preparation: Sendable, Hashable, Codable {
    /// Name of the sweep, for people.
    public var sweepName: String
    /// Hash of the sweep.
    public var sweepHash: String
    /// Where peers connect.
    public var endpoints: [String]

    /// What keys are for.
    public init(sweepName: String, sweepHash: String, endpoints: [String]) {
      self.sweepName = sweepName
      self.sweepHash = sweepHash
      self.endpoints = endpoints
    }
  }

  /// Of the file's format.
  public var version = Self.version
  /// Of these keys: 32 hexadecimal digits.
  public var epoch: String
  /// The coordinator's key pair.
  public var server: CurveKeyPair
  /// The key pair that workers share.
  public var worker: CurveKeyPair
  /// The key pair of those who may only look on.
  public var status: CurveKeyPair
  /// What they are for, if they were made beforehand; otherwise the coordinator chooses.
  public var prepared: Preparation?

  /// New keys of a new epoch; throws a ``ZeroMQError`` if libzmq was built without CURVE.
  public static func generate(for prepared: Preparation? = nil) throws -> KeyRing {
    KeyRing(
      epoch: Identifier.random().description, server: try .generate(), worker: try .generate(),
      status: try .generate(), prepared: prepared)
  }

  /// What the holders of which key may do.
  public var roles: [CurvePublicKey: PeerRole] { [worker.publicKey: .worker, status.publicKey: .status] }

  /// The file for one kind of peer.
  public func joinFile(
    for role: PeerRole, endpoints: [String], sweepName: String, sweepHash: String, build: String
  ) -> JoinFile {
    var file = JoinFile(
      role: role, endpoints: endpoints, server: server.publicKey, client: role == .worker ? worker : status,
      sweepName: sweepName, sweepHash: sweepHash, epoch: Identifier(high: 0, low: 0), build: build)
    file.epoch = epoch
    return file
  }

  /// Writes the file, mode 0600, under a temporary name and renames it into place; throws a ``PrivateFileError``.
  public func write(to path: String) throws {
    try PrivateFile.write(self, to: path)
  }

  /// Reads and checks a file; throws a ``PrivateFileError`` that says what is wrong with it.
  public static func load(from path: String) throws -> KeyRing {
    try PrivateFile.decode(path, as: "key file of a coordinator", version: version, bytesMax: fileBytesMax)
  }
}
