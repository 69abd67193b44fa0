import Foundation

extension JoinFile {
  /// The file as one line of JSON, with its line feed: how it travels over a program's standard input.
  public func line() throws -> [UInt8] {
    try Array(JSONEncoder().encode(self)) + [UInt8(ascii: "\n")]
  }
}
