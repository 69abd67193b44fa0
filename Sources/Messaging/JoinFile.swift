import Foundation

/// What a worker must know to join a run. Written by the coordinator, readable by its owner only: it holds a key.
public struct JoinFile: Sendable, Hashable, Codable {
  /// Format that this program reads and writes.
  public static let version = 1
  /// Bytes of a file that is believed to be a join file.
  static let fileBytesMax = 64 << 10
  /// Endpoints that a file may name.
  static let endpointsMax = 16

  /// Of the file's format.
  public var version = Self.version
  /// Where to connect, at least one.
  public var endpoints: [String]
  /// The coordinator's CURVE key as Z85; nothing for endpoints that need none.
  public var serverPublicKey: String?
  /// The key pair that workers share, as Z85.
  public var workerPublicKey: String?
  /// Its secret half.
  public var workerSecretKey: String?
  /// Name of the sweep, for people.
  public var sweepName: String
  /// Hash of the sweep.
  public var sweepHash: String
  /// Of the coordinator that wrote the file: 32 hexadecimal digits.
  public var incarnation: String
  /// Version of the program that wrote it.
  public var build: String

  /// The contents for a new run.
  public init(
    endpoints: [String], server: CurvePublicKey?, worker: CurveKeyPair?, sweepName: String, sweepHash: String,
    incarnation: Identifier, build: String
  ) {
    self.endpoints = endpoints
    serverPublicKey = server?.text
    workerPublicKey = worker?.publicKey.text
    workerSecretKey = worker?.secretKey
    self.sweepName = sweepName
    self.sweepHash = sweepHash
    self.incarnation = incarnation.description
    self.build = build
  }

  /// How to connect: CURVE if the file has keys. The keys were checked when the file was read.
  public var security: SocketOptions.Security {
    guard let serverPublicKey, let workerPublicKey, let workerSecretKey,
      let server = CurvePublicKey(serverPublicKey),
      let worker = CurveKeyPair(publicKey: workerPublicKey, secretKey: workerSecretKey)
    else { return .none }
    return .curveClient(worker, server: server)
  }

  /// Writes the file, mode 0600, under a temporary name and renames it into place; throws a ``PrivateFileError``.
  public func write(to path: String) throws {
    try PrivateFile.write(self, to: path)
  }

  /// Reads and checks a file; throws a ``PrivateFileError`` that says what is wrong with it.
  public static func load(from path: String) throws -> JoinFile {
    let bytes = try PrivateFile.read(path, bytesMax: fileBytesMax)
    struct Head: Decodable { var version: Int }
    guard let head = try? JSONDecoder().decode(Head.self, from: bytes) else {
      throw PrivateFileError(path: path, reason: "it is not a join file: no JSON object with a version")
    }
    guard head.version == version else {
      throw PrivateFileError(
        path: path, reason: "it has version \(head.version), and this program reads version \(version)")
    }
    let file: JoinFile
    do { file = try JSONDecoder().decode(JoinFile.self, from: bytes) } catch {
      throw PrivateFileError(
        path: path, reason: "it is not a complete join file: a field is missing or of another type")
    }
    if let fault = file.fault { throw PrivateFileError(path: path, reason: fault) }
    return file
  }

  /// What is wrong with the contents, if anything is.
  private var fault: String? {
    guard (1...Self.endpointsMax).contains(endpoints.count) else { return "it names no endpoint, or too many" }
    for endpoint in endpoints where !endpoint.hasPrefix("tcp://") && !endpoint.hasPrefix("ipc://") {
      return "endpoint '\(endpoint)' is neither tcp:// nor ipc://"
    }
    let needsKeys = endpoints.contains { $0.hasPrefix("tcp://") }
    let keys = [serverPublicKey, workerPublicKey, workerSecretKey]
    if keys.allSatisfy({ $0 == nil }) { return needsKeys ? "it has a tcp:// endpoint and no keys" : nil }
    guard case .curveClient = security else { return "its keys are incomplete or no CURVE keys" }
    return nil
  }
}
