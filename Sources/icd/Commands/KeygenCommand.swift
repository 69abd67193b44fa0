import ArgumentParser
import Foundation
import Messaging
import Scheduling
import Sweeps

/// `icd keygen`: the keys and join files of a run that is yet to start.
struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make the keys and join files of a run before its coordinator starts.",
    discussion: """
      `icd coordinator` makes keys by itself. Make them beforehand where coordinator and workers are started by \
      something else at the same time, and where the coordinator's address is known, such as a service in Kubernetes.

      Writes three files of mode 0600 into a directory:
        coordinator.key   for `icd coordinator --keys` only: it holds the secret by which the coordinator is known
        join.json         for `icd worker --join`
        status.json       for `icd status --join`: its holder can look on and do nothing else

      The keys are for this sweep file as it is. Each call makes a new epoch: whoever has a join file of an earlier one \
      is refused.

      EXAMPLES:
        icd keygen sweep.yaml --to keys --advertise icd-coordinator:7700
        icd coordinator sweep.yaml --keys keys/coordinator.key --listen 'tcp://*:7700'
        icd worker --join keys/join.json --patience 10m
      """)

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var sweep: String

  @Option(name: .customLong("to"), help: ArgumentHelp("The directory for the files.", valueName: "dir"))
  var directory: String

  @Option(
    help: ArgumentHelp(
      "Where workers will find the coordinator: HOST:PORT. May be given more than once; they are tried at once.",
      valueName: "address"))
  var advertise: [String]

  @Flag(help: "Replace keys that are there; whoever has their join files is shut out.")
  var replace = false

  func validate() throws {
    guard (1...JoinFile.endpointsMax).contains(advertise.count) else {
      throw ValidationError("--advertise must be given 1 to \(JoinFile.endpointsMax) times")
    }
    for text in advertise {
      let address: AdvertisedAddress
      do { address = try AdvertisedAddress(text) } catch { throw ValidationError("--advertise \(error)") }
      guard address.port != nil else {
        throw ValidationError("--advertise '\(text)': give HOST:PORT; the port must be known beforehand")
      }
    }
  }

  func run() throws {
    let plan = SweepPlan(try SweepFile.load(path: sweep))
    let endpoints = try advertise.map { try AdvertisedAddress($0).endpoint(defaultPort: "") }
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let keyFile = "\(directory)/\(KeyRing.fileName)"
    if !replace, FileManager.default.fileExists(atPath: keyFile) {
      throw UsageError(
        description: "\(keyFile) is there already; choose another directory, or --replace it, which shuts out whoever "
          + "has a join file of these keys")
    }
    let ring = try KeyRing.generate(
      for: KeyRing.Preparation(sweepName: plan.sweep.name, sweepHash: plan.sweep.hash, endpoints: endpoints))
    // The join files first: a key ring is there only when all of it is.
    for (role, name) in [(PeerRole.worker, "join.json"), (.status, "status.json")] {
      try ring.joinFile(
        for: role, endpoints: endpoints, sweepName: plan.sweep.name, sweepHash: plan.sweep.hash,
        build: Version.description
      ).write(to: "\(directory)/\(name)")
    }
    try ring.write(to: keyFile)
    printError(
      """
      icd: epoch \(ring.epoch.prefix(10)) of the sweep '\(plan.sweep.name)' (file hash \(plan.sweep.hash.prefix(10))), \
      at \(endpoints.joined(separator: ", "))
      icd: wrote \(keyFile), which stays with the coordinator
      icd: wrote \(directory)/join.json for workers, and \(directory)/status.json for `icd status`
      """)
  }
}
