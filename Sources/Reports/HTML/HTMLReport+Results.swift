/// Figures and tables.
extension HTMLReport {
  var figureSection: Section? {
    guard !drawings.isEmpty || !figureNotes.isEmpty else { return nil }
    let notes = figureNotes.map { Markup.element("p", ["class": "note"], $0) }
    let figures = drawings.enumerated().flatMap { [markup($1, number: $0 + 1), .newline] }
    return Section(id: "figures", heading: "Figures", contents: notes + figures)
  }

  private func markup(_ drawing: Drawing, number: Int) -> Markup {
    let figure = drawing.figure
    let label = "\(figure.heading). \(figure.caption)"
    let frame: Markup
    if let picture = InlineSVG.markup(drawing.svg, prefix: "figure-\(number)-", label: label) {
      frame = .element("div", HTMLTable.frame(label: figure.name), [picture])
    } else {
      frame = .element("p", ["class": "note"], "The drawing of \(figure.name) is not one of gnuplot's.")
    }
    let heading = Markup.element("strong", "\(number). \(figure.heading).")
    let caption = Markup.element("figcaption", [heading, .text(" \(figure.caption)")])
    return .element("figure", ["id": "figure-\(number)"], [.newline, frame, .newline, caption, .newline])
  }

  var tableSection: Section? {
    let tables = TableKind.allCases.map { report.table($0) }.filter { !$0.rows.isEmpty }
    guard !tables.isEmpty else { return nil }
    return Section(
      id: "tables", heading: "Tables",
      contents: [
        .element(
          "p", ["class": "soft screen"],
          "Means over the seeds ± standard error. A click on a heading sorts. The CSV files have every column and "
            + "digit.")
      ] + tables.flatMap(markup))
  }

  private func markup(_ table: Table) -> [Markup] {
    let link = Self.download(
      "\(table.name).csv", as: "\(report.name)-\(table.name).csv", type: "text/csv", table.formatted(.csv))
    // The page has the report's own title already.
    let prefix = "\(report.title): "
    let title = table.title.hasPrefix(prefix) ? String(table.title.dropFirst(prefix.count)) : table.title
    let heading = Markup.element("h3", title.prefix(1).uppercased() + title.dropFirst())
    return [heading, .element("p", ["class": "soft screen"], [.text("Save "), link]), .newline]
      + TableLayout(table, style: .plain).sections.flatMap { section -> [Markup] in
        let caption = section.constants.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        return [
          HTMLTable(
            caption: caption, columns: zip(section.headings, section.isWords).map { ($0, $1 ? .word : .number) },
            rows: section.rows, label: "\(table.title), \(caption)"
          ).markup, .newline,
        ]
      }
  }
}
