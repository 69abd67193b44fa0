import Scheduling
import Testing

@Suite struct HostMachineTests {
  /// A host and the time of its world.
  private struct World {
    var now = Instant(nanoseconds: 0)
    var machine = HostMachine(at: Instant(nanoseconds: 0))

    /// Waits as long as the machine wants, starts it, lets it run and ends it.
    mutating func attempt(
      _ ending: HostMachine.Ending, after run: Span = .seconds(1), words: String = ""
    ) -> HostMachine.Notice {
      if case .waiting(let until) = machine.state { now = max(now, until) }
      let isStarted = machine.start(at: now)
      #expect(isStarted && !wouldStart(after: .seconds(0)), "it is started, and only once")
      now = now + run
      return machine.end(ending, words: words, at: now)
    }

    /// The wait that an attempt is followed by, in seconds.
    mutating func delay(_ ending: HostMachine.Ending, after run: Span = .seconds(1)) -> Double? {
      if case .lost(_, let retryAfter) = attempt(ending, after: run) { retryAfter.seconds } else { nil }
    }

    func wouldStart(after span: Span) -> Bool {
      var copy = machine
      return copy.start(at: now + span)
    }
  }

  /// The waits double up to a minute; a host that once worked is tried for ever.
  @Test func backsOffFromAHostThatIsLost() {
    var world = World()
    var delays = [world.delay(.exited(255), after: .seconds(61))]
    for _ in 0..<20 { delays.append(world.delay(.exited(255))) }
    #expect(delays.prefix(8) == [1, 2, 4, 8, 16, 32, 60, 60] && delays.allSatisfy { $0 != nil })
    let afterALongRun = world.delay(.exited(255), after: .seconds(60))
    #expect(afterALongRun == 1)
  }

  @Test func isNotStartedBeforeItsTime() {
    var world = World()
    let delay = world.delay(.exited(255))
    #expect(delay == 1)
    #expect(!world.wouldStart(after: .milliseconds(999)) && world.wouldStart(after: .seconds(1)))
  }

  /// One that never answered is given up in the end, so that a launch without a usable host does not wait for ever.
  @Test func givesUpAHostThatNeverAnswers() {
    var world = World()
    var notices: [HostMachine.Notice] = []
    while case .waiting = world.machine.state, notices.count < 100 {
      notices.append(world.attempt(.exited(255), words: "refused"))
    }
    #expect(notices.count == 10)
    #expect(notices.last == .givenUp("no connection: refused (10 times in a row)"))
    #expect(world.now.nanoseconds / 1_000_000_000 < 300)
    #expect(!world.wouldStart(after: .seconds(1_000)))
  }

  /// What another start does not cure.
  @Test(arguments: [
    (127, "sh: icd: not found", "the program cannot be started there: sh: icd: not found"),
    (2, "Unknown option", "its program does not take these arguments, so it may be of another version: Unknown option"),
    (4, "icd: refused by the coordinator", "icd: refused by the coordinator"),
  ]) func givesUpAtOnce(status: Int32, words: String, reason: String) {
    var world = World()
    let notice = world.attempt(.exited(status), words: words)
    #expect(notice == .givenUp(reason))
    #expect(world.machine.state == .givenUp(reason))
  }

  /// Workers that say themselves why they end get three chances.
  @Test func givesUpWorkersThatSayWhyTheyEnd() {
    var world = World()
    let delays = [world.delay(.exited(3)), world.delay(.killed(signal: 9)), world.delay(.exited(3))]
    #expect(delays == [1, 2, 4])
    let notice = world.attempt(.exited(3), words: "no space")
    #expect(notice == .givenUp("its workers ended with status 3: no space (4 times in a row)"))
  }

  @Test func isDoneWhenItsWorkersEndInOrder() {
    var world = World()
    let notice = world.attempt(.exited(0))
    #expect(notice == .ended && world.machine.state == .ended && !world.wouldStart(after: .seconds(100)))
  }

  /// A machine that goes down in good order tells its workers to leave; it may come back.
  @Test func startsAgainWhatLeftThere() {
    var world = World()
    #expect(world.delay(.exited(130)) == 1)
    #expect(world.wouldStart(after: .seconds(1)))
  }

  @Test func startsNothingOnceClosed() {
    var world = World()
    _ = world.attempt(.exited(255))
    world.machine.close()
    #expect(!world.wouldStart(after: .seconds(100)))
  }
}
