import Foundation

/// A look at a process that this one did not start.
package enum ProcessLook {
  /// Whether a process of that number runs on this machine. One that has ended, and that nobody has waited for, does not.
  package static func isRunning(_ pid: UInt64) -> Bool {
    guard let pid = pid_t(exactly: pid), pid > 0, kill(pid, 0) == 0 || errno != ESRCH else { return false }
    // proc(5): the name stands in parentheses, and may have some itself; the state follows.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return true }
    return text[end...].dropFirst().first { $0 != " " } != "Z"
  }
}
