import Foundation

/// How many processors this process may use, which may be fewer than the machine has: by its affinity, the quota of its
/// control group, or what Slurm gave to the task.
public struct ProcessorShare: Sendable, Hashable {
  /// How many: the smallest of the limits, and at least one.
  public var count: Int
  /// Which limit decided, in words.
  public var reason: String

  package init(count: Int, reason: String) {
    self.count = count
    self.reason = reason
  }

  /// The share of this process.
  public static var current: ProcessorShare {
    of(
      status: text("/proc/self/status"), groups: text("/proc/self/cgroup"), mountPoint: "/sys/fs/cgroup",
      environment: ProcessInfo.processInfo.environment, online: ProcessInfo.processInfo.processorCount)
  }

  /// The same from what Linux and Slurm say: the texts of `/proc/self/status` and `/proc/self/cgroup`, where control
  /// groups are mounted, and the environment.
  package static func of(
    status: String, groups: String, mountPoint: String, environment: [String: String], online: Int
  ) -> ProcessorShare {
    var limits = [ProcessorShare(count: max(online, 1), reason: "the machine has \(max(online, 1))")]
    if let count = affinity(status) {
      limits.append(ProcessorShare(count: count, reason: "its affinity allows \(count)"))
    }
    if let quota = quota(groups: groups, mountPoint: mountPoint) {
      limits.append(
        ProcessorShare(
          count: max(1, Int(quota)), reason: "its control group has a quota of \(String(format: "%.4g", quota))"))
    }
    for name in ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"] {
      guard let count = environment[name].flatMap({ Int($0) }), count > 0 else { continue }
      limits.append(ProcessorShare(count: count, reason: "\(name) is \(count)"))
      // Of a node's processors a task has its own only.
      break
    }
    // The first of the smallest: the broader limit explains more.
    return limits.min { $0.count < $1.count } ?? limits[0]
  }

  /// Bits of the mask `Cpus_allowed`, hexadecimal digits in groups of eight (proc(5)).
  private static func affinity(_ status: String) -> Int? {
    let label = "Cpus_allowed:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else { return nil }
    let count = line.dropFirst(label.count).compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }

  /// The smallest quota of the process's control group and those above it, in processors; nothing if there is none.
  private static func quota(groups: String, mountPoint: String) -> Double? {
    var smallest: Double?
    for line in groups.split(separator: "\n") {
      // cgroups(7): hierarchy, controllers, path. The second version has an empty list of controllers.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      let isSecondVersion = parts[0] == "0" && controllers.isEmpty
      guard isSecondVersion || controllers.contains("cpu") else { continue }
      let root = isSecondVersion ? mountPoint : "\(mountPoint)/\(parts[1])"
      for directory in directories(root: root, path: String(parts[2])) {
        let quota = isSecondVersion ? quota2(directory) : quota1(directory)
        if let quota { smallest = min(quota, smallest ?? quota) }
      }
    }
    return smallest
  }

  /// A group's directory and all above it. In a container the path may not exist below the mount point, which then is
  /// the group itself.
  private static func directories(root: String, path: String) -> [String] {
    var parts = path.split(separator: "/")
    var directories = [root]
    while !parts.isEmpty {
      directories.append(root + "/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return directories
  }

  /// `cpu.max`: the quota or `max`, and the period, both in microseconds.
  private static func quota2(_ directory: String) -> Double? {
    let words = text(directory + "/cpu.max").split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else { return nil }
    return ratio(quota, period)
  }

  private static func quota1(_ directory: String) -> Double? {
    let values = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map {
      Double(text("\(directory)/\($0)").trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard let quota = values[0], let period = values[1] else { return nil }
    return ratio(quota, period)
  }

  /// A quota of −1 is none.
  private static func ratio(_ quota: Double, _ period: Double) -> Double? {
    quota > 0 && period > 0 ? quota / period : nil
  }

  /// A file's text; empty if it cannot be read. Files in /proc and /sys have no length, so they are read to the end.
  private static func text(_ path: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
