import Foundation
import Sweeps

/// Identities of trials one behind the other, 16 bytes each, big-endian.
enum HoldingBlob {
  static func bytes(_ trials: [TrialID]) -> [UInt64] {
    trials.flatMap { [$0.high.bigEndian, $0.low.bigEndian] }
  }

  /// Nothing if the bytes are no whole number of identities.
  static func trials(_ data: Data) -> [TrialID]? {
    guard data.count % 16 == 0 else { return nil }
    return data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 16).map { offset in
        TrialID(
          high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
          low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
      }
    }
  }
}
