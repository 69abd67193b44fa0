import Messaging

// Workers come and go.
extension Scheduler {
  mutating func receive(_ message: WorkerMessage, from route: Route, at now: Instant) {
    if case .hello(let hello) = message {
      greet(hello, on: route, at: now)
      return
    }
    guard let key = workersByRoute[route] else {
      effects.append(.send(.rejoin, to: route))
      return
    }
    workers[key]?.heardAt = now
    switch message {
    case .hello: break
    case .heartbeat(let running, let held):
      noteRunning(running, of: key, at: now)
      if held == 0 { takeBackLostLeases(of: key, at: now) }
      effects.append(.send(.heartbeat, to: route))
    case .results(let reports, let running):
      receive(reports, from: key, route: route, at: now)
      if let running, reports.contains(where: { $0.trial == running && $0.isTimeout }) { hang(key) }
      workers[key]?.movedAt = now
      noteRunning(running, of: key, at: now)
      supply(key, at: now)
    case .goodbye(let reason):
      forget(key, because: reason.isEmpty ? "said goodbye" : reason)
    }
  }

  /// A registered worker that sends what cannot be read would wait for ever for an acknowledgement, so it is sent away.
  mutating func receiveMalformed(_ error: MessageError, from route: Route) {
    let message = "the coordinator cannot read this worker's message: \(error)"
    let key = workersByRoute[route]
    var isAnswered = key != nil
    if case .otherVersion = error { isAnswered = true }
    if isAnswered {
      let text = MessageLimits.clip(message, toBytes: MessageLimits.textBytesMax)
      effects.append(.send(.refuse(code: .protocol, message: text), to: route))
    }
    guard let key else { return }
    forget(key, because: "sent a message that cannot be read: \(error)")
  }

  private mutating func greet(_ hello: WorkerMessage.Hello, on route: Route, at now: Instant) {
    if case .finished = mode {
      // So that its goodbye is known to be its.
      if let known = workersByID[hello.worker], isNews(hello, of: known) { attach(known, hello, to: route, at: now) }
      effects.append(.send(.stop(reason: "the run is over"), to: route))
      return
    }
    if let refusal = refusal(of: hello) {
      effects.append(.send(refusal, to: route))
      // It was welcome to an earlier coordinator of another version, and leaves.
      if let known = workersByID[hello.worker], workers[known]?.isAbsent == true {
        forget(known, because: "was refused")
      }
      return
    }
    let known = workersByID[hello.worker]
    if let known, !isNews(hello, of: known) { return }
    let key = known ?? register(hello, at: now)
    attach(key, hello, to: route, at: now)
    let drop = reconcile(hello, of: key, at: now)
    effects.append(
      .send(
        .welcome(
          .init(
            incarnation: configuration.incarnation, session: hello.session,
            heartbeatMilliseconds: UInt64(configuration.heartbeatInterval.milliseconds),
            silenceLimitMilliseconds: UInt64(configuration.silenceLimit.milliseconds),
            trialTimeLimitMilliseconds: configuration.trialTimeLimit.map { UInt64(max(1, $0.milliseconds)) },
            drop: drop)), to: route))
    if case .draining = mode { sendDrain(to: key, at: now) }
    supply(key, at: now)
  }

  /// Whether a worker did not say later what `hello` says.
  private func isNews(_ hello: WorkerMessage.Hello, of key: Int) -> Bool {
    workers[key].map { hello.session > $0.session } ?? false
  }

  /// A worker is on another connection, or says so again.
  private mutating func attach(_ key: Int, _ hello: WorkerMessage.Hello, to route: Route, at now: Instant) {
    if let old = workers[key]?.route { leave(old) }
    welcomeBack(key, as: hello)
    // A connection belongs to one worker: whoever had it before is gone, and with it what it was handed there.
    if let other = workersByRoute[route], other != key {
      forget(other, because: "another worker introduced itself on its connection")
    }
    workers[key]?.route = route
    workers[key]?.session = hello.session
    workers[key]?.heardAt = now
    workers[key]?.deadline = hello.remainingMilliseconds.map { now + .milliseconds(Int64($0)) }
    workersByRoute[route] = key
  }

  private func refusal(of hello: WorkerMessage.Hello) -> CoordinatorMessage? {
    if hello.build != configuration.build {
      return .refuse(
        code: .build,
        message: "this worker is version \(hello.build), and the coordinator is version \(configuration.build)")
    }
    if hello.sweep != configuration.sweepHash {
      return .refuse(code: .sweep, message: "this worker's join file belongs to another sweep")
    }
    if workersByID[hello.worker] == nil && workerCount >= configuration.workersMax {
      return .refuse(code: .worker, message: "\(configuration.workersMax) workers are registered, which is the limit")
    }
    return nil
  }

  private mutating func register(_ hello: WorkerMessage.Hello, at now: Instant) -> Int {
    forgetOldHosts()
    let identity = WorkerIdentity(id: hello.worker, name: hello.name, host: hello.host, pid: hello.pid)
    let key = workers.add(
      WorkerRecord(
        identity: identity, session: hello.session, capacity: hello.capacity, heardAt: now, runningSince: now,
        movedAt: now))
    workersByID[hello.worker] = key
    effects.append(.workerJoined(identity))
    return key
  }

  /// Makes the leases of a worker what it says that it holds; returns what it should drop.
  private mutating func reconcile(_ hello: WorkerMessage.Hello, of key: Int, at now: Instant) -> [Identifier] {
    let claims = hello.finished + hello.held
    let claimed = Set(claims.compactMap { work.position(of: $0) })
    for entry in workers[key]?.leases.entries ?? [] where !claimed.contains(entry.index) {
      giveBack(entry.index, from: key)
    }
    workers[key]?.movedAt = now
    workers[key]?.leases = LeaseList()
    noteHolding(of: key)
    workers[key]?.running = nil
    var drop: [Identifier] = []
    for (position, id) in claims.enumerated() {
      let isFinished = position < hello.finished.count
      let isAdopted = work.position(of: id).map { adopt($0, by: key, isDelivering: isFinished) } ?? false
      if !isAdopted && !isFinished { drop.append(id) }
    }
    noteRunning(hello.running, of: key, at: now)
    return drop
  }

  /// Leases a trial to a worker that has it already; false if it is not wanted from it.
  private mutating func adopt(_ index: Int, by key: Int, isDelivering: Bool) -> Bool {
    // Whoever reported that its trial hangs had that counted already.
    if phases[index] == .queued, workers[key]?.isHung == false {
      lease(index, to: key, isDelivering ? .delivering : .held)
      return true
    }
    guard isLeased(index, to: key), workers[key]?.leases.contains(index) == false else { return false }
    appendLease(index, to: key, isDelivering ? .delivering : .held)
    return true
  }

  mutating func noteRunning(_ id: Identifier?, of key: Int, at now: Instant) {
    let index = id.flatMap { work.position(of: $0) }
    guard workers[key]?.running != index else { return }
    let isLeased = index.map { self.isLeased($0, to: key) } ?? false
    workers[key]?.running = isLeased ? index : nil
    workers[key]?.runningSince = now
  }

  /// A worker reported that its trial does not stop. What waits behind that is given back.
  private mutating func hang(_ key: Int) {
    workers[key]?.isHung = true
    for entry in workers[key]?.leases.entries ?? [] where !entry.isDelivering { giveBack(entry.index, from: key) }
  }

  /// A worker that holds nothing, long after it was given something, never got it.
  private mutating func takeBackLostLeases(of key: Int, at now: Instant) {
    guard let worker = workers[key], !worker.leases.isEmpty, now - worker.movedAt > configuration.silenceLimit else {
      return
    }
    for entry in worker.leases.entries { giveBack(entry.index, from: key) }
  }

  /// A message could not be sent: the connection is gone, and the worker has to say `hello` on a new one.
  mutating func disconnect(_ route: Route) {
    guard let key = workersByRoute[route] else { return }
    leave(route)
    workers[key]?.route = nil
    giveBackPlanned(of: key)
  }

  /// A connection is no longer a worker's. Who waited on it for an acknowledgement asks again on the next one.
  private mutating func leave(_ route: Route) {
    workersByRoute[route] = nil
    for index in awaiting.keys { awaiting[index]?.removeAll { $0 == route } }
  }

  /// The worker that is there and that a process is. An absent one may have had the same number.
  func worker(pid: UInt64, host: String) -> Int? {
    workers.keys.first {
      guard let worker = workers[$0], !worker.isAbsent else { return false }
      return worker.identity.pid == pid && worker.identity.host == host
    }
  }

  /// A worker is gone: what it held is queued again.
  mutating func forget(_ key: Int, because reason: String) {
    for entry in workers[key]?.leases.entries ?? [] { giveBack(entry.index, from: key) }
    clearHolding(of: key)
    guard let worker = workers.remove(key) else { return }
    if worker.isAbsent { absentCount -= 1 }
    hungry.remove(key)
    forgetOldHosts()
    workersByID[worker.identity.id] = nil
    if let route = worker.route { leave(route) }
    effects.append(.workerLeft(worker.identity, reason: reason))
  }
}
