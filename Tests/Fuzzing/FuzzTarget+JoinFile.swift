import Foundation
import Messaging

extension FuzzTarget {
  /// A join file is refused with a reason, or it is one that can be written and read again.
  static func joinFiles() throws -> FuzzTarget {
    let directory = try FuzzDirectory()
    let path = directory.path + "/join.json"
    let contents = [
      JoinFile(
        endpoints: ["tcp://127.0.0.1:7700", "tcp://[::1]:7700"], server: try CurveKeyPair.generate().publicKey,
        client: try CurveKeyPair.generate(), sweepName: "a", sweepHash: "abc", epoch: .random(), build: "1"),
      JoinFile(
        role: .status, endpoints: ["ipc:///tmp/socket"], server: nil, client: nil, sweepName: "a", sweepHash: "abc",
        epoch: .random(), build: "1"),
    ]
    let seeds = try contents.map { contents in
      try contents.write(to: path)
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return FuzzTarget(
      name: "join-files", casesInTests: 3_000, seeds: seeds,
      mutate: { input, other, generator in
        var input = generator.once(in: 2) ? TextMutation.apply(to: input, &generator) : input
        if generator.once(in: 2) { ByteMutation.apply(to: &input, from: other, &generator) }
        return input
      },
      check: { bytes in
        defer { withExtendedLifetime(directory) {} }
        // In place, so that the mode stays 0600.
        guard let handle = FileHandle(forWritingAtPath: path) else { throw FuzzFailure(description: "no join file") }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        let file: JoinFile
        do { file = try JoinFile.load(from: path) } catch let error as PrivateFileError {
          try FuzzFailure.requireReadable("\(error)")
          return false
        }
        try file.write(to: path)
        try FuzzFailure.require(try JoinFile.load(from: path) == file, "a join file changes when it is written again")
        return true
      })
  }
}
