import Foundation
package import Messaging

/// What a worker that was started by a coordinator writes into its log when it ends, but not over a trial: the next
/// coordinator must not take it for one that its trial cost. A worker that is killed says nothing.
package struct LastWords {
  /// How much of the end of a log is looked at: the words of more workers than a host has.
  static let bytesMax = 256 << 10
  private static let (before, after) = (Substring("worker "), Substring(" ends, "))

  /// What a worker writes.
  package static func text(of worker: Identifier, because reason: String) -> String {
    "\(before)\(worker)\(after)\(reason)"
  }

  private let directory: String
  /// How long each log was when it was looked at.
  private var sizes: [String: UInt64] = [:]
  private var found: Set<Identifier> = []

  /// The words in the logs of a directory.
  package init(directory: String) { self.directory = directory }

  /// The workers that wrote so. Logs that are as long as they were are not looked at again.
  package mutating func workers() -> Set<Identifier> {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      guard let file = FileHandle(forReadingAtPath: "\(directory)/\(name)"), let size = try? file.seekToEnd(),
        sizes.updateValue(size, forKey: name) != size
      else { continue }
      try? file.seek(toOffset: size - min(size, UInt64(Self.bytesMax)))
      let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
      for line in text.split(whereSeparator: \.isNewline) {
        if let worker = Self.worker(in: line) { found.insert(worker) }
      }
    }
    return found
  }

  private static func worker(in line: Substring) -> Identifier? {
    guard let end = line.firstRange(of: after)?.lowerBound else { return nil }
    let digits = line[..<end].suffix(32)
    guard digits.count == 32, line[..<digits.startIndex].hasSuffix(before),
      let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    return Identifier(high: high, low: low)
  }
}
