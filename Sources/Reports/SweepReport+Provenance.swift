/// The versions of the program behind a report.
public struct ProgramVersions: Sendable, Hashable {
  /// How many results come from each version.
  public var results: [String: Int]
  /// The version that makes the report.
  public var running: String

  /// The versions of some results, and that of the running program.
  public init(results: [String: Int] = [:], running: String = "") {
    self.results = results
    self.running = running
  }

  /// A sentence if not all results come from the running version; versions in the order of their names.
  var note: String? {
    let counts = results.sorted { $0.key < $1.key }
    guard counts.contains(where: { $0.key != running }) else { return nil }
    let origins = counts.map { "\($0.value) \($0.value == 1 ? "result" : "results") from icd \($0.key)" }
    let remark = counts.count > 1 ? "the versions need not agree to the bit" : "this report is made by icd \(running)"
    return "\(origins.joined(separator: ", ")): \(remark)."
  }
}

extension SweepReport {
  /// A sentence if the seeds of a cell differ only in how a layer was trained.
  var sharedDataNote: String? {
    guard sharesData, cells.contains(where: { $0.seeds.count > 1 }) else { return nil }
    return "All seeds of a cell share one set of prompts (shared_data): their scatter is that of the training alone, "
      + "and ± understates the error."
  }
}
