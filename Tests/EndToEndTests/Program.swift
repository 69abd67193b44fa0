import Foundation
import Testing

/// The built `icd`, run as a user would run it.
struct Program {
  /// What a finished run of the program left.
  struct Output {
    let status: Int32
    let standardOutput: String
    let standardError: String
  }

  /// `icd` beside the test bundle.
  static let path: String = {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("icd").path
  }()

  /// The root of the checkout.
  static let root: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
  }()

  /// A running program, its output going to files so that it never blocks, unless a test has other places for it.
  final class Running {
    let process = Process()
    private let outputPath: String
    private let errorPath: String

    init(
      _ arguments: [String], in directory: Scratch, environment: [String: String] = [:], input: FileHandle? = nil,
      output: FileHandle? = nil, errors: FileHandle? = nil
    ) throws {
      let stamp = UUID().uuidString
      outputPath = "\(directory.path)/.out-\(stamp)"
      errorPath = "\(directory.path)/.err-\(stamp)"
      for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
      process.executableURL = URL(fileURLWithPath: Program.path)
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      process.standardInput = input ?? FileHandle.nullDevice
      process.standardOutput = output ?? FileHandle(forWritingAtPath: outputPath)
      process.standardError = errors ?? FileHandle(forWritingAtPath: errorPath)
      try process.run()
    }

    /// A test that fails half-way leaves no process behind.
    deinit {
      guard process.isRunning else { return }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    /// Waits for the end, and kills the program if that takes longer than the deadline.
    func wait(deadline: TimeInterval = 300) throws -> Output {
      let end = Date(timeIntervalSinceNow: deadline)
      while process.isRunning {
        if Date() > end {
          kill(process.processIdentifier, SIGKILL)
          process.waitUntilExit()
          throw Failure("\(process.arguments ?? []) did not end within \(deadline) s:\n\(standardError)")
        }
        usleep(10_000)
      }
      let output = Output(
        status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
        standardOutput: Self.read(outputPath), standardError: standardError)
      for path in [outputPath, errorPath] { try FileManager.default.removeItem(atPath: path) }
      return output
    }

    var standardError: String { Self.read(errorPath) }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    private static func read(_ path: String) -> String {
      String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
  }

  /// Runs `icd` to its end.
  static func run(
    _ arguments: [String], in directory: Scratch, environment: [String: String] = [:], deadline: TimeInterval = 300
  ) throws -> Output {
    try Running(arguments, in: directory, environment: environment).wait(deadline: deadline)
  }
}

/// Something that went wrong in a test's own machinery.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A directory of its own for one test, removed at the end.
final class Scratch {
  let path: String

  init() throws {
    path = "\(NSTemporaryDirectory())/icd-test-\(UUID().uuidString)".replacingOccurrences(of: "//", with: "/")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Everything in the directory, hidden files of the harness left out.
  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }
}

/// Waits until a condition holds, and says whether it came to hold in time.
func eventually(within seconds: TimeInterval = 60, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date(timeIntervalSinceNow: seconds)
  while Date() < end {
    if try condition() { return true }
    usleep(5_000)
  }
  return try condition()
}

/// A table as `icd report --format csv` prints it, one dictionary for each row.
struct CSVTable {
  let rows: [[String: String]]

  init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let names = lines.first ?? []
    rows = lines.dropFirst().map { fields in
      Dictionary(uniqueKeysWithValues: zip(names, fields).map { (String($0), String($1)) })
    }
  }
}

extension [String: String] {
  /// A number in a row.
  func number(_ name: String) throws -> Double {
    guard let text = self[name], let number = Double(text) else {
      throw Failure("no number in column \(name) of \(self)")
    }
    return number
  }
}
