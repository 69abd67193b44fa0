import Foundation
import Messaging
import Testing

/// Many workers at one coordinator. They compute nothing: what is measured is what it costs to have them.
@Suite struct CrowdTests {
  /// Workers; `Tests/chaos.sh crowd` has a thousand.
  private static let workerCount = ProcessInfo.processInfo.environment["ICD_CROWD_WORKERS"].flatMap(Int.init) ?? 100
  /// From the first connection to the last welcome.
  private static let registrationSecondsMax = 10.0
  /// Of a core, while nothing but heartbeats travels.
  private static let idleShareMax = 0.05
  private static let idleSeconds = 5.0
  private static let heartbeatSeconds = 2.0

  @Test func aThousandWorkersCostLittle() throws {
    try Self.raiseDescriptorLimit()
    let scratch = try Scratch()
    // Each worker has a trial, and there is no other to hand out.
    try scratch.write(RunTests.sweep(seeds: (Self.workerCount + 2) / 3), to: "sweep.yaml")
    let coordinator = try NetworkTests.coordinator(scratch)
    let crowd = try Crowd(Self.workerCount, JoinFile.load(from: "\(scratch.path)/join.json"))
    let begin = Date()
    try crowd.connect()
    while crowd.registered < Self.workerCount && Date().timeIntervalSince(begin) < 60 { try crowd.listen() }
    let seconds = Date().timeIntervalSince(begin)
    #expect(crowd.registered == Self.workerCount && seconds <= Self.registrationSecondsMax, "\(seconds) s")

    // The trials that were left over are handed out, and then all is quiet.
    try crowd.live(seconds: 2 * Self.heartbeatSeconds, heartbeatEvery: Self.heartbeatSeconds)
    let pid = coordinator.process.processIdentifier
    let before = try Self.processorSeconds(pid)
    try crowd.live(seconds: Self.idleSeconds, heartbeatEvery: Self.heartbeatSeconds)
    let share = (try Self.processorSeconds(pid) - before) / Self.idleSeconds
    #expect(share < Self.idleShareMax)
    #expect(crowd.registered == Self.workerCount, "none was sent away")
    print(
      "\(Self.workerCount) workers registered in \((seconds * 100).rounded() / 100) s; "
        + "then the coordinator took \((share * 1_000).rounded() / 10) % of a core")
    coordinator.signal(SIGINT)
    coordinator.signal(SIGINT)
    #expect(try coordinator.wait(deadline: 60).status == 130)
  }

  /// Two descriptors for each socket and some for the rest, within what the system lets us have.
  private static func raiseDescriptorLimit() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    try #require(limit.rlim_cur > rlim_t(4 * workerCount + 200), "RLIMIT_NOFILE is \(limit.rlim_max)")
  }

  private static func processorSeconds(_ pid: Int32) throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    let fields = text.split(separator: ")").last?.split(separator: " ").map(String.init) ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw Failure("no times in /proc/\(pid)/stat")
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

/// Workers of one process, each with a connection of its own.
private final class Crowd {
  private final class Member {
    let id = Identifier.random()
    let socket: Socket
    var isRegistered = false
    var held: Identifier?

    init(_ socket: Socket) { self.socket = socket }
  }

  /// libzmq has at most 1,023 sockets in a context, and one thread for them.
  private static let socketsPerContext = 250

  private let file: JoinFile
  private var members: [Member] = []

  /// How many are registered.
  var registered: Int { members.count { $0.isRegistered } }

  init(_ count: Int, _ file: JoinFile) throws {
    self.file = file
    var context = try Context()
    for index in 0..<count {
      if index > 0, index.isMultiple(of: Self.socketsPerContext) { context = try Context() }
      members.append(Member(try Socket(context, .dealer, options: SocketOptions(security: file.security))))
    }
  }

  func connect() throws {
    for (index, member) in members.enumerated() {
      try member.socket.connect(file.endpoints[0])
      let hello = WorkerMessage.hello(
        .init(
          worker: member.id, session: 1, name: "crowd:\(index)", host: "crowd", pid: UInt64(index), build: file.build,
          sweep: file.sweepHash, capacity: 1))
      _ = try member.socket.send([hello.encoded()])
    }
  }

  /// Takes what has arrived, after a moment.
  func listen() throws {
    usleep(5_000)
    for member in members {
      while case .message(let frames) = try member.socket.receive(framesMax: 1) {
        switch try CoordinatorMessage(decoding: frames[0]) {
        case .welcome: member.isRegistered = true
        case .assign(let trials): member.held = trials.first?.trial
        case .refuse, .rejoin, .stop: member.isRegistered = false
        default: break
        }
      }
    }
  }

  /// Says for so long what idle workers say.
  func live(seconds: Double, heartbeatEvery interval: Double) throws {
    let begin = Date()
    var next = 0
    while Date().timeIntervalSince(begin) < seconds {
      try listen()
      // Spread evenly, as those of independent processes are.
      let due = Int(Date().timeIntervalSince(begin) / interval * Double(members.count))
      while next < due {
        let member = members[next % members.count]
        let heartbeat = WorkerMessage.heartbeat(running: member.held, held: member.held == nil ? 0 : 1)
        _ = try member.socket.send([heartbeat.encoded()])
        next += 1
      }
    }
  }
}
