public import Sweeps

/// Checks that a store holds what was computed, bit for bit.
///
/// Two questions are answered. Are the stored bytes those that were committed? Every result is read back, its digest
/// taken again and compared, and so are the trial's identity and columns. And would the same trial give these bits
/// again? A sample of the trials is run anew. A result that fails the first question is run again too, because a digest
/// says only that something changed, and the recomputed result says where.
public struct StoreVerification: Sendable {
  /// How many trials are run again.
  public enum Sample: Sendable, Hashable {
    /// Every one.
    case all
    /// So many, chosen by a hash of their identity and the sample's seed.
    case count(Int)
  }

  /// What is verified, and how.
  public struct Options: Sendable {
    /// The trials to look at; nothing for all that have a result.
    public var trials: Set<TrialID>?
    /// How many of them are run again.
    public var sample: Sample
    /// Another seed chooses other trials.
    public var sampleSeed: UInt64
    /// Trials that are run, and results that are checked, at the same time.
    public var threads: Int
    /// Version of this program, which is named where a result of another version gives other bits.
    public var version: String

    /// Options.
    public init(trials: Set<TrialID>? = nil, sample: Sample, sampleSeed: UInt64 = 0, threads: Int, version: String) {
      self.trials = trials
      self.sample = sample
      self.sampleSeed = sampleSeed
      self.threads = threads
      self.version = version
    }
  }

  /// How far a verification is.
  public struct Progress: Sendable, Hashable {
    /// What is being done.
    public enum Phase: String, Sendable, Hashable {
      /// Digests are taken of stored results.
      case checking
      /// Trials are run again.
      case running
    }

    /// What is being done.
    public var phase: Phase
    /// Results or trials done.
    public var done: Int
    /// All of them.
    public var total: Int
  }

  private let store: ResultStore
  private let options: Options

  /// Results that are read at once: bounds memory, since a result of 512 × 512 matrices takes 4 to 6 MiB.
  static let recordsPerPage = 32
  /// Damaged results that are run again to find the place: a store that is damaged throughout needs no more.
  static let locatedMax = 16

  /// A verification of a store.
  public init(_ store: ResultStore, options: Options) {
    self.store = store
    self.options = options
  }

  /// Verifies; takes the time of reading the whole store and of running the sample.
  ///
  /// - Parameter observer: hears of progress, from any of the threads but never from two at once.
  /// - Throws: ``StoreError`` if not even the list of results can be read. What is damaged beyond reading after that is
  ///   a finding.
  public func run(observer: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> VerificationReport {
    var findings = fileFindings()
    let rows = try store.resultRows(of: options.trials)
    var scan = Scan()
    for start in stride(from: 0, to: rows.count, by: Self.recordsPerPage) {
      let page = rows[start..<min(start + Self.recordsPerPage, rows.count)]
      check(page, into: &scan)
      observer(Progress(phase: .checking, done: page.endIndex, total: rows.count))
    }
    let (sampled, damaged) = (sample(of: scan.sound), scan.damaged.prefix(Self.locatedMax))
    let chosen = (sampled + damaged).sorted()
    let outcomes = concurrentMap(chosen, threads: options.threads) { done in
      observer(Progress(phase: .running, done: done, total: chosen.count))
    } transform: {
      rerun($0)
    }
    // What a second run located stands for what the digest alone said.
    let located = Set(zip(chosen, outcomes).filter { !$1.findings.isEmpty }.map(\.0))
    var byRow = scan.findings.filter { !(located.contains($0.row) && $0.finding.kind == .contents) }
    byRow += zip(chosen, outcomes).flatMap { row, outcome in outcome.findings.map { (row, $0) } }
    findings += byRow.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }
      .map(\.element.finding)
    return VerificationReport(checked: scan.checked, rerun: outcomes.compactMap(\.trial), findings: findings)
  }

  /// What is wrong with the file as such. Not asked for when single trials were.
  private func fileFindings() -> [VerificationFinding] {
    guard options.trials == nil else { return [] }
    do { return try store.structuralProblems().map { VerificationFinding(.file, trial: nil, $0) } } catch {
      return [VerificationFinding(.file, trial: nil, "\(error)")]
    }
  }

  // MARK: - Stored bytes

  /// What is known after a look at the stored bytes.
  private struct Scan {
    var checked = 0
    var findings: [(row: Int64, finding: VerificationFinding)] = []
    /// Rows without a finding, with their trials.
    var sound: [(row: Int64, trial: TrialID)] = []
    /// Rows whose contents have not the digest that was committed.
    var damaged: [Int64] = []
  }

  private func check(_ rows: ArraySlice<Int64>, into scan: inout Scan) {
    let records: [StoredRecord]
    do { records = try store.records(in: rows) } catch {
      // One unreadable result must not hide the others.
      guard rows.count > 1 else {
        let row = rows[rows.startIndex]
        scan.checked += 1
        scan.findings.append((row, VerificationFinding(.file, trial: "in row \(row)", "\(error)")))
        return
      }
      for index in rows.indices { check(rows[index...index], into: &scan) }
      return
    }
    let checks = concurrentMap(records, threads: options.threads) { RecordCheck($0) }
    scan.checked += records.count
    for (record, check) in zip(records, checks) {
      scan.findings += check.findings.map { (record.row, $0) }
      if check.hasOtherDigest { scan.damaged.append(record.row) }
      if check.findings.isEmpty, let trial = check.trial { scan.sound.append((record.row, trial.id)) }
    }
  }

  // MARK: - Running again

  /// The rows to run again: those whose hash with the seed is smallest, so that the choice does not depend on the order
  /// in which results were stored.
  private func sample(of sound: [(row: Int64, trial: TrialID)]) -> [Int64] {
    guard case .count(let count) = options.sample else { return sound.map(\.row) }
    let ranked = sound.map { (TrialID(hashing: Array("icd verify \(options.sampleSeed) \($0.trial)".utf8)), $0.row) }
    return ranked.sorted { $0 < $1 }.prefix(count).map(\.1)
  }

  private func rerun(_ row: Int64) -> (trial: String?, findings: [VerificationFinding]) {
    do {
      guard let record = try store.records(in: [row]).first else { return (nil, []) }
      let check = RecordCheck(record)
      guard let trial = check.trial, let stored = check.result else { return (nil, []) }
      return (trial.id.description, record.compare(stored, with: trial, version: options.version))
    } catch {
      return (nil, [VerificationFinding(.file, trial: "in row \(row)", "\(error)")])
    }
  }
}
