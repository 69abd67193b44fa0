import Foundation
import Reports
import Results
import Scheduling
import Sweeps

/// Shows what a coordinator reports, on standard error for people and in the log for programs.
///
/// The first failures of trials are shown whole and at once; later ones are counted, since all of them are in the store.
final class RunDisplay {
  let plan: SweepPlan
  let directory: String
  private let isQuiet: Bool
  private let announcesWorkers: Bool
  private let log: EventLog
  private var progress = ProgressDisplay()
  private var last: RunProgress?
  /// How long the run took when its progress was last logged.
  var lastLoggedSeconds: Double?
  private var failuresShown = 0

  /// Failures that are shown; the others are only counted.
  private static let failuresShownMax = 3

  /// A display for a run of a plan into a directory.
  init(plan: SweepPlan, directory: String, isQuiet: Bool, announcesWorkers: Bool, log: EventLog) {
    self.plan = plan
    self.directory = directory
    self.isQuiet = isQuiet
    self.announcesWorkers = announcesWorkers
    self.log = log
  }

  /// Shows a notice, and logs it, if it is worth it.
  func show(_ notice: RunNotice) {
    if let entry = entry(for: notice) { log.write(entry) }
    if case .progress(let snapshot) = notice { last = snapshot }
    guard !log.ownsStandardError else { return }
    switch notice {
    case .listening(let endpoints):
      if announcesWorkers { say("listening on \(endpoints.joined(separator: ", ")), results in \(directory)") }
    case .progress(let snapshot):
      if !isQuiet { progress.update(snapshot) }
    case .workerJoined(let worker):
      if announcesWorkers { say("worker \(worker.name) joined") }
    case .workerLeft(let worker, let reason):
      if announcesWorkers { say("worker \(worker.name) left: \(reason)") }
    case .hostPaused(let host, let seconds, let reason):
      complain("\(host) is given nothing for \(Int(seconds)) s: \(reason)")
    case .hostResumed(let host): complain("\(host) is given trials again")
    case .fault(let fault): show(fault)
    case .storeTrouble(let reason?): complain("the store fails, and the run waits for it: \(reason)")
    case .storeTrouble(nil): complain("the store works again")
    case .stopping(let atOnce):
      complain(atOnce ? "stopping at once" : "stopping; trials that are nearly done may end. Again to stop at once")
    case .timeIsUp(let end): complain("stopping, to have ended by \(end.text)")
    case .processTrouble(let text): complain(text)
    case .expecting(let workers, let seconds): say(Self.expectation(of: workers, seconds))
    case .rejected(let rejection): if announcesWorkers { say(rejection.description) }
    case .information(let text): if announcesWorkers { say(text) }
    }
  }

  /// Shows the last snapshot and leaves the line.
  func finish() {
    guard let last else { return }
    log.write(Self.entry(for: last))
    if !isQuiet && !log.ownsStandardError { progress.finish(last) }
  }

  private func show(_ fault: TrialFault) {
    failuresShown += 1
    guard failuresShown <= Self.failuresShownMax else { return }
    let trial = plan.trials[fault.index]
    complain(
      """
      trial \(trial.id) failed (\(fault.kind), attempt \(fault.attempt)\(fault.isFinal ? "" : ", will be tried again")) \
      on \(fault.worker.name): \(fault.message)
        \(plan.summary(of: trial))
      """)
    if failuresShown == Self.failuresShownMax {
      complain("further failures are only counted; `icd status \(directory)` names them all")
    }
  }

  private func say(_ text: String) {
    if !isQuiet { progress.print("icd: \(text)") }
  }

  /// What is said also to those who asked for quiet.
  private func complain(_ text: String) { progress.print("icd: \(text)") }
}

extension SweepPlan {
  /// What tells a trial from the others of its sweep: the parameters that vary, and the seed.
  func summary(of trial: Trial) -> String {
    let parameters = trial.parameters
    return (varying + ["seed"]).compactMap { name in
      parameters[name].map { "\(name)=\($0.plainText)" }
    }.joined(separator: " ")
  }
}
