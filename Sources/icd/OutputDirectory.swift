import ArgumentParser

/// Where a sweep's results go, or come from.
struct OutputDirectory: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The directory of the results.", discussion: "results/NAME by default.", valueName: "dir"))
  var path: String?

  /// The directory for a sweep of that name.
  func resolved(for sweepName: String) -> String { path ?? "results/\(sweepName)" }
}
