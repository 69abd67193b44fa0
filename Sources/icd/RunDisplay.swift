import Foundation
import Scheduling
import Sweeps
final class RunDisplay {
  private let quiet: Bool
  init(plan: SweepPlan, directory: String, quiet: Bool) { self.quiet = quiet }
  func show(_ notice: RunNotice) {
    if quiet { return }
    switch notice {
    case .progress(let p):
      printError(
        "\(p.committedBefore + p.committedNow)/\(p.planned) running \(p.running) queued \(p.queued) workers \(p.workers) eta \(p.remainingSeconds ?? -1)"
      )
    case .fault(let f): printError("\(f)")
    default: printError("\(notice)")
    }
  }
  func finish() {}
}
