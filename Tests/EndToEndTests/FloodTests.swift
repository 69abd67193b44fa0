import Foundation
import Fuzzing
import Messaging
import Results
import Testing

/// A peer that has a valid key and sends what is nearly a message, again and again.
@Suite struct FloodTests {
  /// Frames; `Tests/chaos.sh frames` sends a million.
  private static let frameCount = ProcessInfo.processInfo.environment["ICD_FLOOD_FRAMES"].flatMap(Int.init) ?? 20_000
  /// The coordinator may not grow by more than this.
  private static let growthMax = 64 << 20
  /// Frames on one connection.
  private static let framesPerConnection = 500

  @Test func nearlyValidFramesDoNoHarm() throws {
    let scratch = try Scratch()
    // More trials than the flood can take hold of.
    try scratch.write(RunTests.sweep(seeds: 20_000, epochs: 20), to: "sweep.yaml")
    let coordinator = try NetworkTests.coordinator(scratch)
    let file = try JoinFile.load(from: "\(scratch.path)/join.json")
    let pid = coordinator.process.processIdentifier
    let before = Self.residentBytes(pid)
    let begin = Date()
    try Self.flood(file)
    let seconds = Date().timeIntervalSince(begin)
    #expect(coordinator.process.isRunning, "\(coordinator.standardError.suffix(2_000))")
    let growth = Self.residentBytes(pid) - before
    #expect(growth <= Self.growthMax, "grown by \(growth >> 20) MiB")
    print("\(Self.frameCount) frames in \(seconds.rounded()) s, the coordinator grew by \(growth >> 10) KiB")

    // It still does what it is for.
    let worker = try Program.Running(["worker", "--join", "join.json"], in: scratch)
    let hasWorked = eventually(within: 120) { (try? RunTests.results("out", scratch).count >= 100) ?? false }
    #expect(hasWorked, "\(coordinator.standardError.suffix(2_000))")
    coordinator.signal(SIGINT)
    #expect(try coordinator.wait(deadline: 60).status == 130)
    // Released before the sweep was done.
    #expect(try worker.wait(deadline: 60).status == 130)
    let verification = try Program.run(["verify", "out", "--sample", "20"], in: scratch)
    #expect(verification.status == 0, "\(verification.standardOutput)\(verification.standardError)")
  }

  private static func flood(_ file: JoinFile) throws {
    let id = Identifier.random()
    let frames = [
      WorkerMessage.hello(
        .init(
          worker: id, session: 1, name: "flood", host: "flood", pid: 1, build: file.build, sweep: file.sweepHash,
          capacity: 4, held: [id], running: id, finished: [id])),
      .heartbeat(running: nil, held: 0), .heartbeat(running: id, held: 3),
      .results(
        [
          TrialReport(trial: id, attempt: 1, startedAt: 1, seconds: 1, outcome: .result(.fields(["metrics": .null]))),
          TrialReport(trial: id, attempt: 1, startedAt: 1, seconds: 1, outcome: .failure(kind: "e", message: "m")),
        ], running: id),
      .goodbye(reason: "flood"),
    ].map { $0.encoded() }
    var generator = FuzzGenerator(seed: 3)
    var sent = 0
    while sent < frameCount {
      let context = try Context()
      let socket = try Socket(context, .dealer, options: SocketOptions(security: file.security))
      try socket.connect(file.endpoints[0])
      try send(frames[0], on: socket)
      for _ in 0..<min(framesPerConnection, frameCount - sent) {
        let frame = frames[Int(generator.next() % UInt64(frames.count))]
        try send(FuzzTarget.mutateFrame(frame, frames[1], &generator), on: socket)
        sent += 1
      }
      // What the coordinator answers is read, or it would be the one that waits.
      try discardAnswers(on: socket)
    }
  }

  private static func send(_ frame: [UInt8], on socket: Socket) throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while try socket.send([frame]) == .unreachable {
      guard Date() < deadline else { throw Failure("the coordinator takes no more frames") }
      try discardAnswers(on: socket)
      usleep(1_000)
    }
  }

  private static func discardAnswers(on socket: Socket) throws {
    while try socket.receive(framesMax: 1) != .nothing {}
  }

  private static func residentBytes(_ pid: Int32) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return 0 }
    return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
  }
}
