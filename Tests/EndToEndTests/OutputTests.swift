import Foundation
import Testing

/// Where the program writes to can be full, closed or left by its reader.
@Suite struct OutputTests {
  /// The writing end of a pipe that nobody reads.
  private static func pipeWithoutReader() throws -> FileHandle {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    return pipe.fileHandleForWriting
  }

  private static func fullDevice() throws -> FileHandle {
    try #require(FileHandle(forWritingAtPath: "/dev/full"))
  }

  /// What is said to nobody changes neither how the program ends nor what it does.
  @Test func errorsThatNobodyReads() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 1), to: "sweep.yaml")
    for (directory, errors) in [("unread", try Self.pipeWithoutReader()), ("full", try Self.fullDevice())] {
      let report = try Program.Running(["report", "nowhere"], in: scratch, errors: errors).wait(deadline: 30)
      #expect(report.status == 2)
      let usage = try Program.Running(["report", "--nonsense"], in: scratch, errors: errors).wait(deadline: 30)
      #expect(usage.status == 2)
      let run = try Program.Running(["run", "sweep.yaml", "--output", directory], in: scratch, errors: errors)
      let output = try run.wait(deadline: 60)
      #expect(output.status == 0 && !output.standardOutput.isEmpty)
    }
  }

  /// Half a table must not pass for a table.
  @Test func outputThatDoesNotFitIsAnError() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 1), to: "sweep.yaml")
    #expect(try Program.run(["run", "sweep.yaml", "--output", "out"], in: scratch, deadline: 60).status == 0)
    for arguments in [["plan", "sweep.yaml"], ["report", "out"], ["retry", "out"], ["--help"], ["--version"]] {
      let full = try Program.Running(arguments, in: scratch, output: Self.fullDevice()).wait(deadline: 30)
      #expect(full.status == 3, "\(arguments)")
      #expect(
        full.standardError == "icd: cannot write to standard output: No space left on device\n", "\(full.standardError)"
      )
      let unread = try Program.Running(arguments, in: scratch, output: Self.pipeWithoutReader()).wait(deadline: 30)
      #expect(unread.status == 0 && unread.standardError.isEmpty, "\(arguments): \(unread.standardError)")
    }
  }

  /// Descriptors that are closed at the start are not given to files: a message must not get into a store. A table that has
  /// nowhere to go is an error.
  @Test func closedDescriptorsStayApart() throws {
    let scratch = try Scratch()
    try scratch.write(RunTests.sweep(seeds: 2), to: "sweep.yaml")
    func status(_ command: String) throws -> Int32 {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "exec timeout 60 '\(Program.path)' \(command)"]
      shell.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
      try shell.run()
      shell.waitUntilExit()
      return shell.terminationStatus
    }
    #expect(try status("run sweep.yaml --output out --log-format json --log-file log <&- >&- 2>&-") == 3)
    let lines = try String(contentsOfFile: "\(scratch.path)/log", encoding: .utf8).split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines { #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)") }
    let verification = try Program.run(["verify", "out", "--sample", "all"], in: scratch, deadline: 60)
    #expect(verification.status == 0, "\(verification.standardOutput)\(verification.standardError)")
    #expect(try status("report out >tables <&- 2>&-") == 0)
    #expect(try status("report out >&- 2>errors") == 3)
    let errors = try String(contentsOfFile: "\(scratch.path)/errors", encoding: .utf8)
    #expect(errors == "icd: cannot write to standard output: Bad file descriptor\n")
  }
}
