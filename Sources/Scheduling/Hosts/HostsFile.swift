import Foundation

/// A file that lists hosts, one a line: where ssh goes, and what is special about it.
///
///     # comment
///     node1              slots=16
///     me@node2           slots=8  icd=/opt/icd/bin/icd
///     node3              tunnel=yes
public enum HostsFile {
  /// Hosts of one launch: each has an ssh process here.
  static let hostsMax = 1_024
  /// Bytes of a file that is believed to list hosts.
  static let bytesMax = 1 << 20
  private static let keys = ["slots", "icd", "tunnel"]

  /// What is wrong with a file: a line for each fault, `path:line:column: what, and what to do`.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    /// The lines.
    public var description: String
  }

  /// Reads a file; throws ``Malformed``.
  public static func load(path: String) throws -> [RemoteHost] {
    guard let handle = FileHandle(forReadingAtPath: path), let bytes = try? handle.read(upToCount: bytesMax + 1) else {
      throw Malformed(description: "\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
    guard bytes.count <= bytesMax else { throw Malformed(description: "\(path): is too long to be a list of hosts") }
    return try parse(String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// Reads a text, which came from a file of that name; throws ``Malformed``.
  public static func parse(_ text: String, path: String) throws -> [RemoteHost] {
    var hosts: [RemoteHost] = []
    var lineOfDestination: [String: Int] = [:]
    var faults: [String] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = words(of: line)
      guard let first = words.first else { continue }
      do {
        let host = try host(words)
        if let earlier = lineOfDestination[host.destination] {
          throw Fault(
            first.column, "'\(host.destination)' is listed in line \(earlier) already; give it more slots there")
        }
        lineOfDestination[host.destination] = index + 1
        hosts.append(host)
      } catch let fault as Fault { faults.append("\(path):\(index + 1):\(fault.column): \(fault.text)") }
    }
    if faults.isEmpty && hosts.isEmpty { faults = ["\(path): lists no host; give one a line, such as: node1 slots=16"] }
    if hosts.count > hostsMax { faults = ["\(path): lists \(hosts.count) hosts, and \(hostsMax) are the most"] }
    guard faults.isEmpty else { throw Malformed(description: faults.joined(separator: "\n")) }
    return hosts
  }

  /// What is wrong with a line, and at which column.
  private struct Fault: Error {
    var column: Int
    var text: String
    init(_ column: Int, _ text: String) { (self.column, self.text) = (column, text) }
  }

  /// A word of a line and the column where it begins, counted from 1.
  private struct Word {
    var column: Int
    var text: Substring
  }

  private static func words(of line: Substring) -> [Word] {
    let content = line.prefix { $0 != "#" }
    return content.split(whereSeparator: \.isWhitespace).map { word in
      Word(column: content.unicodeScalars.distance(from: content.startIndex, to: word.startIndex) + 1, text: word)
    }
  }

  private static func host(_ words: [Word]) throws -> RemoteHost {
    // ssh would take a word with a dash for an option, and one with an equals sign is a key without a host.
    guard let first = words.first, !first.text.hasPrefix("-"), !first.text.contains("=") else {
      throw Fault(words[0].column, "'\(words[0].text)' is no host; a line begins with HOST or USER@HOST")
    }
    var host = RemoteHost(String(first.text))
    var seen: Set<Substring> = []
    for word in words.dropFirst() {
      let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, keys.contains(String(parts[0])) else {
        throw Fault(word.column, "'\(word.text)' is not known; a host takes slots=NUMBER, icd=PATH and tunnel=yes")
      }
      guard seen.insert(parts[0]).inserted else { throw Fault(word.column, "\(parts[0]) is given twice; give it once") }
      try set(String(parts[0]), String(parts[1]), at: word.column, of: &host)
    }
    return host
  }

  private static func set(_ key: String, _ value: String, at column: Int, of host: inout RemoteHost) throws {
    switch key {
    case "slots":
      guard let slots = Int(value), (1...RemoteHost.slotsMax).contains(slots) else {
        throw Fault(column, "slots=\(value): give a number from 1 to \(RemoteHost.slotsMax)")
      }
      host.slots = slots
    case "icd":
      guard !value.isEmpty else { throw Fault(column, "icd= is empty; give the program's path on that host") }
      host.program = value
    default:
      guard value == "yes" || value == "no" else { throw Fault(column, "tunnel=\(value): give yes or no") }
      host.usesTunnel = value == "yes"
    }
  }
}
