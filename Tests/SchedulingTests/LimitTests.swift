import Foundation
import Scheduling
import Testing

@Suite struct DescriptorLimitTests {
  @Test func aLimitThatSufficesChangesNothing() throws {
    let needed = DescriptorLimit.needed(forWorkers: 1_000)
    #expect(needed > 1_250)
    for limit in [nil, needed, 1_000_000] {
      #expect(try DescriptorLimit.workersMax(wanted: 1_000, isDemanded: true, limit: limit) == 1_000)
    }
  }

  @Test func aLowLimitAdmitsFewerWorkersUnlessSoManyAreDemanded() throws {
    let possible = try DescriptorLimit.workersMax(wanted: 10_000, isDemanded: false, limit: 1_024)
    #expect(possible > 500 && DescriptorLimit.needed(forWorkers: possible) <= 1_024)
    #expect(DescriptorLimit.needed(forWorkers: possible + 2) > 1_024)
    #expect {
      _ = try DescriptorLimit.workersMax(wanted: 10_000, isDemanded: true, limit: 1_024)
    } throws: {
      "\($0)".contains("this process may open 1024") && "\($0)".contains("--max-workers \(possible)")
    }
    #expect(throws: RunError.self) { try DescriptorLimit.workersMax(wanted: 10, isDemanded: false, limit: 100) }
  }
}

@Suite struct ProcessorShareTests {
  private static let status = "Name:\ticd\nCpus_allowed:\t00000000,000000ff\nCpus_allowed_list:\t0-7\n"

  private static func share(
    groups: String = "", files: [String: String] = [:], environment: [String: String] = [:], online: Int = 16
  ) throws -> ProcessorShare {
    let directory = try TemporaryDirectory()
    for (name, text) in files {
      let path = directory.path + "/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
    return ProcessorShare.of(
      status: status, groups: groups, mountPoint: directory.path, environment: environment, online: online)
  }

  @Test func theSmallestLimitDecides() throws {
    #expect(try Self.share() == ProcessorShare(count: 8, reason: "its affinity allows 8"))
    #expect(try Self.share(online: 4) == ProcessorShare(count: 4, reason: "the machine has 4"))
    #expect(
      try Self.share(environment: ["SLURM_CPUS_PER_TASK": "3", "SLURM_CPUS_ON_NODE": "2"])
        == ProcessorShare(count: 3, reason: "SLURM_CPUS_PER_TASK is 3"))
    #expect(
      try Self.share(environment: ["SLURM_CPUS_ON_NODE": "6"])
        == ProcessorShare(count: 6, reason: "SLURM_CPUS_ON_NODE is 6"))
    #expect(try Self.share(environment: ["SLURM_CPUS_ON_NODE": "many"]).count == 8)
  }

  /// The second version of control groups: a quota of the group itself or of one above it.
  @Test func quotasOfTheSecondVersionCount() throws {
    let groups = "0::/system.slice/icd.service\n"
    let own = ["system.slice/icd.service/cpu.max": "250000 100000\n", "system.slice/cpu.max": "max 100000\n"]
    #expect(
      try Self.share(groups: groups, files: own)
        == ProcessorShare(count: 2, reason: "its control group has a quota of 2.5"))
    #expect(try Self.share(groups: groups, files: ["system.slice/cpu.max": "300000 100000"]).count == 3)
    // In a container, the mount point is the group. Less than a processor is one.
    #expect(try Self.share(groups: "0::/\n", files: ["cpu.max": "50000 100000"]).count == 1)
    #expect(try Self.share(groups: groups, files: ["system.slice/icd.service/cpu.max": "max 100000"]).count == 8)
    #expect(try Self.share(groups: "nonsense", files: ["cpu.max": "1 1"]).count == 8)
  }

  @Test func quotasOfTheFirstVersionCount() throws {
    let groups = "5:memory:/a\n4:cpu,cpuacct:/a/b\n"
    let files = [
      "cpu,cpuacct/a/b/cpu.cfs_quota_us": "400000\n", "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n",
      "cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try Self.share(groups: groups, files: files).count == 4)
  }

  @Test func thisProcessHasAShare() {
    let share = ProcessorShare.current
    #expect((1...ProcessInfo.processInfo.processorCount).contains(share.count) && !share.reason.isEmpty)
  }
}
