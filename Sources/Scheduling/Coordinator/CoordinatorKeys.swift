import Foundation
import Messaging

/// Where a coordinator's keys are: they are kept, so that a coordinator that comes back is the one that its workers know.
enum CoordinatorKeys {
  /// The keys that the configuration names; else those that `icd keygen` put beside the join file; else those in the
  /// output directory, which are made if there are none. Throws a ``RunError`` or a `PrivateFileError`.
  static func load(_ configuration: CoordinatorConfiguration) throws -> KeyRing {
    if let path = configuration.keyFile { return try checked(try KeyRing.load(from: path), path, configuration) }
    let own = configuration.outputDirectory + "/" + KeyRing.fileName
    let besides = (configuration.joinFile as NSString).deletingLastPathComponent
    let prepared = (besides.isEmpty ? "." : besides) + "/" + KeyRing.fileName
    for path in [prepared, own] where access(path, F_OK) == 0 {
      return try checked(try KeyRing.load(from: path), path, configuration)
    }
    let ring = try KeyRing.generate()
    try ring.write(to: own)
    return ring
  }

  /// Keys that were made for another sweep would let its workers in, only to send each of them away.
  private static func checked(_ ring: KeyRing, _ path: String, _ configuration: CoordinatorConfiguration) throws
    -> KeyRing
  {
    guard let prepared = ring.prepared, prepared.sweepHash != configuration.scheduler.sweepHash else { return ring }
    throw RunError(
      """
      \(path): these keys were made for the sweep '\(prepared.sweepName)' (file hash \
      \(prepared.sweepHash.prefix(10))), and this is '\(configuration.sweepName)' \
      (\(configuration.scheduler.sweepHash.prefix(10))). Make new ones with `icd keygen`, and give the workers the new \
      join file
      """)
  }
}
