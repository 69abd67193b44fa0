import ArgumentParser
import Foundation
import Reports
import Results
import Sweeps

/// `icd verify`: are the stored results what was computed, and would they come out again?
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check stored results against their digests, and run some of them again.",
    discussion: """
      Reads back every stored result and compares its digest with the one it was committed with; checks each trial's \
      identity and the file itself. Then runs a sample of the trials again and compares all bits. A result that was \
      changed is run again too, to name the number that differs, with both values.

      Exit code 0 if everything agrees, 1 if anything differs. Nothing is written, and a run may go on meanwhile.

      EXAMPLES:
        icd verify results/figure-4a
        icd verify results/figure-4a --sample all
        icd verify results/figure-4a --sample 20 --sample-seed 7 --format json
        icd verify results/figure-4a --trial 3f2a91
      """)

  @Argument(help: "The directory of the results.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("How many trials to run again: a number, or all.", valueName: "count"))
  var sample = SampleSize.count(4)

  @Option(help: ArgumentHelp("Another seed chooses other trials.", valueName: "seed"))
  var sampleSeed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Check only this trial, and run it again; its first digits suffice. May be given more than once.",
      valueName: "id"))
  var trial: [TrialReference] = []

  @Option(
    help: ArgumentHelp("Trials at the same time.", discussion: "One for each core by default.", valueName: "count"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How to print what was found: text or json.")
  var format = VerifyFormat.text

  @Flag(help: "Print no progress.")
  var quiet = false

  /// The forms that a verification is printed in.
  enum VerifyFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
  }

  func run() throws {
    let store = try ResultDirectory.openStore(directory)
    defer { try? store.close() }
    let options = StoreVerification.Options(
      trials: try chosenTrials(in: store), sample: trial.isEmpty ? sample.value : .all, sampleSeed: sampleSeed,
      threads: threads, version: Version.description)
    let display = VerificationDisplay(isQuiet: quiet)
    let report = try StoreVerification(store, options: options).run { display.show($0) }
    switch format {
    case .text: try StandardOutput.write(TerminalText.printableLines(report.text(directory: directory)) + "\n")
    case .json: try StandardOutput.write(jsonText(VerificationObject(report, directory: directory)) + "\n")
    }
    if !report.agrees { throw SilentExit(status: .trialsFailed) }
  }

  private func chosenTrials(in store: ResultStore) throws -> Set<TrialID>? {
    if trial.isEmpty { return nil }
    let committed = try store.committedTrials()
    return Set(try trial.map { try $0.resolve(among: committed, in: directory) })
  }
}

/// The number of trials to run again, as it is written on the command line.
enum SampleSize: ExpressibleByArgument {
  case all
  case count(Int)

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else {
      guard let count = Int(argument), count >= 0 else { return nil }
      self = .count(count)
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .all: "all"
    case .count(let count): "\(count)"
    }
  }

  /// The same for the verification.
  var value: StoreVerification.Sample {
    switch self {
    case .all: .all
    case .count(let count): .count(count)
    }
  }
}
