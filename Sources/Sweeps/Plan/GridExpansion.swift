/// Walks a grid once: leaves out what is excluded, merges points that describe the same trials, checks what parameters
/// must fulfil together, and reports what has no effect.
struct GridExpansion {
  private(set) var cells: [GridCell] = []
  private(set) var varying = ParameterKeys()
  private(set) var mergedPoints = 0
  private(set) var excludedPoints = 0

  private let grid: SweepGrid
  private let diagnostics: DiagnosticCollector
  /// The parameters that had a meaning at some point, for each case and over all.
  private var meaningfulByCase: [ParameterKeys]
  private var meaningful = ParameterKeys()
  private var violations: [Place: (violation: RuleViolation, point: Int, count: Int)] = [:]

  private struct Place: Hashable {
    let place: SourcePlace
    let keys: [ParameterKey]
    let message: String
  }

  init(grid: SweepGrid, exclusions: [SweepSections.Exclusion], diagnostics: DiagnosticCollector) {
    self.grid = grid
    self.diagnostics = diagnostics
    meaningfulByCase = Array(repeating: ParameterKeys(), count: max(1, grid.cases.count))
    expand(exclusions)
    reportViolations()
    if diagnostics.isEmpty { reportMeaningless() }
    if cells.isEmpty, diagnostics.isEmpty {
      diagnostics.report(.start, "every point of the grid is excluded", hint: "remove a rule of exclude")
    }
  }

  private mutating func expand(_ exclusions: [SweepSections.Exclusion]) {
    var seen = Set<TrialID>()
    var first: Assignment?
    var matched = [Bool](repeating: false, count: exclusions.count)
    for point in 0..<grid.count {
      var assignment = grid.assignment(at: point)
      let keys = assignment.resolve()
      meaningful.formUnion(keys)
      meaningfulByCase[grid.caseIndex(at: point) ?? 0].formUnion(keys)
      let rule = exclusions.indices.first { exclusions[$0].matches(assignment) }
      if let rule {
        matched[rule] = true
        // A point may fall under several rules, and each of them has then matched something.
        for later in exclusions.indices where later > rule && exclusions[later].matches(assignment) {
          matched[later] = true
        }
        excludedPoints += 1
        continue
      }
      if let violation = assignment.violation() {
        note(violation, at: point)
        continue
      }
      if grid.count > 1, !seen.insert(TrialID(hashing: assignment.parameterSet.canonicalBytes)).inserted {
        mergedPoints += 1
        continue
      }
      if let first { varying.formUnion(assignment.differences(from: first)) } else { first = assignment }
      cells.append(GridCell(point: point, cost: TrialCost.operations(of: assignment)))
    }
    for (rule, isMatched) in zip(exclusions, matched) where !isMatched {
      diagnostics.report(
        rule.place, "this rule of exclude matches no point of the grid",
        hint: "compare its values with those of the axes and cases, or remove it")
    }
  }

  private mutating func note(_ violation: RuleViolation, at point: Int) {
    let place = violation.keys.compactMap { grid.place(of: $0, at: point) }.first ?? .start
    let key = Place(place: place, keys: violation.keys, message: violation.message)
    violations[key, default: (violation, point, 0)].count += 1
  }

  private func reportViolations() {
    let inOrder = violations.sorted { ($0.key.place, $0.value.point) < ($1.key.place, $1.value.point) }
    for (key, found) in inOrder {
      let others = found.count == 1 ? "" : " and \(found.count - 1) more"
      diagnostics.report(
        key.place,
        "\(found.violation.message)\(origin(of: found.violation, at: found.point)), at the grid point "
          + "\(describe(found.point))\(others)", hint: found.violation.hint)
    }
  }

  /// Where the other parameters concerned come from.
  private func origin(of violation: RuleViolation, at point: Int) -> String {
    let others = violation.keys.compactMap { key in grid.place(of: key, at: point).map { (key, $0) } }.dropFirst()
    guard !others.isEmpty else { return "" }
    return " (" + others.map { "\($0.name) is set at \($1.line):\($1.column)" }.joined(separator: ", ") + ")"
  }

  /// The values that make a point, as the file gives them.
  private func describe(_ point: Int) -> String {
    let assignment = grid.assignment(at: point)
    let keys = (grid.caseIndex(at: point).map { grid.cases[$0].settings.map(\.key) } ?? []) + grid.axes.map(\.key)
    guard !keys.isEmpty else { return "that the parameters describe" }
    return keys.compactMap { key in assignment[key].map { "\(key.name)=\($0)" } }.joined(separator: " ")
  }

  private func reportMeaningless() {
    for setting in grid.fixed where !meaningful.contains(setting.key) {
      report(setting.key, setting.place, "of this sweep")
    }
    for axis in grid.axes where !meaningful.contains(axis.key) { report(axis.key, axis.place, "of this sweep") }
    for (index, element) in grid.cases.enumerated() {
      for setting in element.settings where !meaningfulByCase[index].contains(setting.key) {
        report(setting.key, setting.place, "of this case")
      }
    }
  }

  private func report(_ key: ParameterKey, _ place: SourcePlace, _ scope: String) {
    diagnostics.report(
      place, "\(key.name) has no meaning for any trial \(scope)",
      hint: "it applies to \(ParameterDefinition.of(key).meaning); remove it")
  }
}

extension SweepSections.Exclusion {
  fileprivate func matches(_ assignment: Assignment) -> Bool {
    !conditions.isEmpty
      && conditions.allSatisfy { condition in
        assignment.effectiveValue(condition.key).map(condition.values.contains) ?? false
      }
  }
}
