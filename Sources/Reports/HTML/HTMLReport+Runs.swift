import Results

/// What was run, when and where.
extension HTMLReport {
  var overview: Section {
    let planned = report.cells.reduce(0) { $0 + $1.plannedSeeds }
    let done = report.cells.reduce(0) { $0 + $1.seeds.count }
    let missing = planned - done - failures.count
    let spent = hosts.reduce(0) { $0 + $1.seconds }
    let elapsed = runs.compactMap { run in run.endedAt.map { $0 - run.startedAt } }.reduce(0, +)
    var facts = [("Trials", "\(done) of \(planned) done", false)]
    if !failures.isEmpty { facts.append(("Given up", "\(failures.count)", true)) }
    if missing > 0 { facts.append(("Without a result yet", "\(missing)", true)) }
    facts += [
      ("Cells of the grid", "\(report.cells.count)", false), ("Computing", PageText.duration(spent), false),
      ("Elapsed in \(runs.count) \(runs.count == 1 ? "run" : "runs")", PageText.duration(elapsed), false),
      ("Hosts", "\(hosts.count)", false), ("Sweep", report.name, false),
    ]
    let grid = facts.map { name, value, isBad in
      Markup.element("div", ["class": isBad ? "bad" : nil], [.element("dt", name), .element("dd", value)])
    }
    return Section(
      id: "overview", heading: "Overview",
      contents: [.element("dl", ["class": "facts"], grid)]
        + report.notes.map { .element("p", ["class": "note"], $0) })
  }

  var runSection: Section? {
    guard !runs.isEmpty || !hosts.isEmpty else { return nil }
    let table = HTMLTable(
      columns: [
        ("run", .number), ("began", .word), ("lasted", .number), ("ended", .word), ("coordinator", .word),
        ("workers", .number), ("results", .number), ("failed attempts", .number), ("versions", .prose),
      ],
      rows: runs.map { run in
        [
          String(run.run), PageText.time(run.startedAt),
          run.endedAt.map { PageText.duration($0 - run.startedAt) } ?? "",
          run.outcome ?? "still runs, or was killed", run.host, run.workers == 0 ? "any" : String(run.workers),
          String(run.results), String(run.failedAttempts),
          run.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
        ]
      }, label: "Runs")
    let shares = HTMLTable(
      columns: [("host", .word), ("results", .number), ("computing, s", .number), ("mean of a trial, s", .number)],
      rows: hosts.map { share in
        [
          share.host, String(share.results), DecimalFormat(decimals: 1).text(share.seconds),
          DecimalFormat(decimals: 3).text(share.seconds / Double(max(share.results, 1))),
        ]
      }, label: "Hosts")
    return Section(
      id: "runs", heading: "Runs",
      contents: (runs.isEmpty ? [] : [table.markup, .newline])
        + (hosts.isEmpty ? [] : [.element("h3", "Who computed the results"), shares.markup]))
  }

  var failureSection: Section? {
    guard !failures.isEmpty else { return nil }
    let table = HTMLTable(
      columns: [
        ("trial", .word), ("attempts", .number), ("kind", .word), ("last message", .prose), ("worker", .word),
        ("host", .word), ("given up", .word), ("parameters", .prose),
      ],
      rows: failures.map { failure in
        [
          String(failure.trial.prefix(Self.trialDigits)), String(failure.attempts), failure.kind, failure.message,
          failure.worker, failure.host, PageText.time(failure.at), failure.parameters,
        ]
      }, label: "Trials that failed")
    return Section(id: "failures", heading: "Trials that failed", contents: [table.markup])
  }

  /// Digits of a trial's name that tell it from all others of a sweep, and that `icd export` understands.
  private static let trialDigits = 12

  var fileSection: Section? {
    guard let sweep else { return nil }
    return Section(
      id: "sweep-file", heading: "Sweep file",
      contents: [
        .element(
          "p", ["class": "soft"],
          [
            .element("code", sweep.path), .text(", SHA-256 "), .element("code", sweep.hash), .text(". "),
            Self.download("Save it", as: "\(report.name).yaml", type: "text/yaml", sweep.text),
          ]), .newline,
        .element("pre", ["tabindex": "0"], [.element("code", sweep.text)]),
      ])
  }
}
