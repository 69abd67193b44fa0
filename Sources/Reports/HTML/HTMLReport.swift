import Foundation
public import Results
public import Sweeps

/// A page with all there is to know of a sweep, in one file that needs nothing else.
public struct HTMLReport: Sendable {
  /// A figure and its drawing.
  public struct Drawing: Sendable {
    /// The figure.
    public var figure: Figure
    /// Its drawing in SVG, as gnuplot wrote it.
    public var svg: String

    /// A figure and its drawing.
    public init(figure: Figure, svg: String) {
      self.figure = figure
      self.svg = svg
    }
  }

  /// Means over the seeds.
  public var report: SweepReport
  /// The sweep file, as it was recorded.
  public var sweep: SweepRecord?
  /// What the author wrote about the sweep; may be empty.
  public var summary: String
  /// The runs, in the order in which they began.
  public var runs: [RunHistoryEntry]
  /// The hosts that computed the results.
  public var hosts: [HostShare]
  /// The trials of the sweep that were given up.
  public var failures: [FailedTrial]
  /// The figures in the order of the page.
  public var drawings: [Drawing]
  /// Sentences on figures that are not there.
  public var figureNotes: [String]

  /// A page from its parts.
  public init(
    report: SweepReport, sweep: SweepRecord?, summary: String, runs: [RunHistoryEntry], hosts: [HostShare],
    failures: [FailedTrial], drawings: [Drawing], figureNotes: [String]
  ) {
    self.report = report
    self.sweep = sweep
    self.summary = summary
    self.runs = runs
    self.hosts = hosts
    self.failures = failures
    self.drawings = drawings
    self.figureNotes = figureNotes
  }

  /// The page of a plan's trials from what a store has of them. Throws ``StoreError``.
  public init(
    _ report: SweepReport, of plan: SweepPlan, from store: ResultStore, drawings: [Drawing], figureNotes: [String]
  ) throws {
    let planned = Set(plan.trials.lazy.map(\.id.description))
    self.init(
      report: report, sweep: try store.sweeps().first { $0.hash == plan.sweep.hash },
      summary: plan.sweep.description ?? "", runs: try store.runs(ofSweep: plan.sweep.hash),
      hosts: try store.hosts(of: plan.trials.map(\.id)),
      failures: try store.failures().filter { planned.contains($0.trial) }, drawings: drawings,
      figureNotes: figureNotes)
  }

  /// The source of the page. The same results give the same bytes: it holds no time of its own.
  public var source: String {
    let sections = [overview, runSection, figureSection, tableSection, failureSection, fileSection].compactMap(\.self)
    let body = Markup.element("body", [header(sections), .newline] + sections.map(\.markup) + [footer, script])
    let page = Markup.element(
      "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"],
      [.newline, head, .newline, body, .newline])
    return "<!DOCTYPE html>\n\(page.source)\n"
  }

  /// Writes the page; it appears whole or not at all. Throws ``ReportError``.
  public func write(to path: String) throws { try AtomicFile.write(source, to: path) }
}

extension HTMLReport {
  /// A part of the page with its own line in the table of contents.
  struct Section {
    var id: String
    var heading: String
    var contents: [Markup]

    var markup: Markup {
      .element(
        "section", ["id": id], [.newline, .element("h2", heading), .newline] + contents + [.newline])
    }
  }

  private var head: Markup {
    .element(
      "head",
      [
        .newline, .void("meta", ["charset": "utf-8"]), .newline,
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]), .newline,
        .void("meta", ["http-equiv": "Content-Security-Policy", "content": PageScript.policy]), .newline,
        .void("meta", ["name": "referrer", "content": "no-referrer"]), .newline,
        .void("meta", ["name": "color-scheme", "content": "light dark"]), .newline,
        .void("meta", ["name": "generator", "content": "icd \(report.versions.running)"]), .newline,
        .element("title", report.title), .newline,
        .element("style", [Markup(trusted: "\n" + PageStyle.source + "\n")]), .newline,
      ])
  }

  private func header(_ sections: [Section]) -> Markup {
    .element(
      "header",
      [
        .newline, .element("h1", report.title),
        summary.isEmpty || summary == report.title ? .empty : .element("p", summary),
        .newline,
        .element(
          "nav", ["aria-label": "Contents"],
          [
            .element(
              "ul", sections.map { .element("li", [.element("a", ["href": "#\($0.id)"], $0.heading)]) })
          ]), .newline,
      ])
  }

  private var footer: Markup {
    .element(
      "footer", ["class": "soft"],
      [
        .element(
          "p",
          "Made by icd \(report.versions.running) from the results of sweep \(report.name), file hash \(report.hash).")
      ])
  }

  private var script: Markup { .element("script", [Markup(trusted: PageScript.source)]) }

  /// A link that saves a file out of the page.
  static func download(_ text: String, as name: String, type: String, _ contents: String) -> Markup {
    let bytes = Data(contents.utf8).base64EncodedString()
    return .element("a", ["download": name, "href": "data:\(type);charset=utf-8;base64,\(bytes)"], text)
  }
}
