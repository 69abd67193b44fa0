import Foundation
import Reports
import Testing

@Suite struct TableFormatTests {
  private let nasty = "a,\"b\" <c> & $d_e^f% #g {h} \\i ~j *k* `l` |m|\n\u{1B}[2J"

  private func table(title: String = "Losses", _ word: String = "linear") -> Table {
    Table(
      name: "loss", title: title, sweep: "demo", sweepHash: "00ff",
      columns: [
        TableColumn(name: "task", heading: "task", latexHeading: "task", role: .key),
        TableColumn(name: "attention", heading: "attention", latexHeading: "attention", role: .key),
        TableColumn(name: "L", heading: "L", latexHeading: "$L$", role: .key),
        TableColumn(name: "d", heading: "d", latexHeading: "$d$", role: .key),
        TableColumn(name: "test_loss", heading: "test loss", latexHeading: "test loss", role: .value),
        TableColumn(name: "test_loss_sem", heading: "", latexHeading: "", role: .standardError(of: "test_loss")),
        TableColumn(name: "theory_loss", heading: "theory", latexHeading: "theory", role: .value),
      ],
      rows: [
        [.text("linear"), .text(word), .integer(50), .integer(8), .real(0.4343), .real(0.0021), .real(0.435)],
        [.text("linear"), .text("softmax"), .integer(500), .integer(8), .real(0.3451), .real(0.0019), .empty],
        [.text("mixture"), .text("softmax"), .integer(500), .empty, .real(1 / 3), .empty, .empty],
      ], notes: ["1 of 7 trials has no result yet."])
  }

  @Test func text() {
    #expect(
      table().formatted(.text) == """
        Losses

        task linear, d 8
        attention    L        test loss  theory
        ─────────  ───  ───────────────  ──────
        linear      50  0.4343 ± 0.0021  0.4350
        softmax    500  0.3451 ± 0.0019

        task mixture, attention softmax
          L  test loss
        ───  ─────────
        500     0.3333

        1 of 7 trials has no result yet.

        """)
  }

  @Test func markdown() {
    #expect(
      table().formatted(.markdown) == """
        ### Losses

        task linear, d 8

        | attention | L | test loss | theory |
        | :-- | --: | --: | --: |
        | linear | 50 | 0.4343 ± 0.0021 | 0.4350 |
        | softmax | 500 | 0.3451 ± 0.0019 |  |

        task mixture, attention softmax

        | L | test loss |
        | --: | --: |
        | 500 | 0.3333 |

        1 of 7 trials has no result yet.

        """)
  }

  @Test func csvKeepsEveryDigitAndColumn() {
    #expect(
      table().formatted(.csv) == """
        task,attention,L,d,test_loss,test_loss_sem,theory_loss
        linear,linear,50,8,0.4343,0.0021,0.435
        linear,softmax,500,8,0.3451,0.0019,
        mixture,softmax,500,,0.3333333333333333,,

        """)
  }

  @Test func csvQuotesWhatNeedsIt() {
    let csv = table(nasty).formatted(.csv)
    #expect(csv.contains("linear,\"" + nasty.replacing("\"", with: "\"\"") + "\",50,8"))
  }

  @Test func jsonIsValidAndKeepsEveryDigit() throws {
    let json = table(title: nasty, nasty).formatted(.json)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["title"] as? String == nasty)
    #expect(object["sweep_hash"] as? String == "00ff")
    #expect(object["notes"] as? [String] == ["1 of 7 trials has no result yet."])
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == 3)
    #expect(rows[0]["attention"] as? String == nasty)
    #expect(rows[2]["test_loss"] as? Double == 1.0 / 3)
    #expect(rows[2]["theory_loss"] is NSNull)
    #expect(rows[1]["L"] as? Int == 500)
    #expect(rows.allSatisfy { $0.count == 7 })
    #expect(object["columns"] as? [String] == table().columns.map(\.name))
  }

  @Test func latex() {
    #expect(
      table().formatted(.latex) == #"""
        % Losses; needs \usepackage{booktabs}
        \begin{table}
          \centering
          \caption{Losses (task: linear; $d$: 8).}
          \label{tab:demo-loss-1}
          \begin{tabular}{lrrr}
            \toprule
            attention & $L$ & test loss & theory \\
            \midrule
            linear & 50 & $0.4343 \pm 0.0021$ & $0.4350$ \\
            softmax & 500 & $0.3451 \pm 0.0019$ &  \\
            \bottomrule
          \end{tabular}
        \end{table}
        \begin{table}
          \centering
          \caption{Losses (task: mixture; attention: softmax).}
          \label{tab:demo-loss-2}
          \begin{tabular}{rr}
            \toprule
            $L$ & test loss \\
            \midrule
            500 & $0.3333$ \\
            \bottomrule
          \end{tabular}
        \end{table}
        % 1 of 7 trials has no result yet.

        """#)
  }

  @Test func latexEscapesEverySpecialCharacter() {
    let latex = table(title: nasty, nasty).formatted(.latex)
    let escaped =
      ##"a,\symbol{34}b\symbol{34} \textless{}c\textgreater{} \& \$d\_e\textasciicircum{}f\% \#g \{h\} "##
      + ##"\textbackslash{}i \textasciitilde{}j {*}k{*} \symbol{96}l\symbol{96} \textbar{}m\textbar{}  {[}2J"##
    #expect(latex.contains(#"\caption{"# + escaped + " ("))
    #expect(latex.contains("    " + escaped + " & 50 &"))
    // What follows an unescaped title would be set as text: the comment must stay one line.
    #expect(latex.split(separator: "\n").first?.hasSuffix(#"needs \usepackage{booktabs}"#) == true)
    #expect(latex.split(separator: "\n").count == table().formatted(.latex).split(separator: "\n").count)
  }

  @Test func markdownAndTextDoNotPassControlCharactersOrMarkupOn() {
    #expect(!table(title: nasty, nasty).formatted(.text).contains("\u{1B}"))
    let markdown = table(title: nasty, nasty).formatted(.markdown)
    #expect(!markdown.contains("\u{1B}"))
    #expect(markdown.contains(#"\|m\|"#) && markdown.contains(#"\<c\>"#) && markdown.contains(#"\*k\*"#))
  }

  @Test func digitsFollowTheStandardErrors() {
    var wide = table()
    wide.rows[0][4] = .real(123.456)
    wide.rows[0][5] = .real(0.5)
    wide.rows[1][5] = .real(0.44)
    #expect(wide.formatted(.text).contains("123.46 ± 0.50"))
    wide.rows[0][4] = .real(1.5e9)
    #expect(wide.formatted(.text).contains("1.500e+09"))
    #expect(wide.formatted(.latex).contains(#"$1.500 \times 10^{9}"#))
    wide.rows[0][4] = .real(.infinity)
    #expect(wide.formatted(.text).contains("∞") && wide.formatted(.latex).contains(#"$\infty"#))
  }
}

@Suite struct TableDocumentTests {
  private let report = SyntheticReport(tasks: ["linear"]).report

  @Test func severalTablesAreOneJSONDocument() throws {
    let text = try #require(report.document([.loss, .fit], .json))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["sweep"] as? String == "three-tasks" && object["sweep_hash"] as? String == report.hash)
    let tables = try #require(object["tables"] as? [[String: Any]])
    #expect(tables.map { $0["table"] as? String } == ["loss", "fit"])
    #expect(tables.map { ($0["rows"] as? [Any])?.count } == [8, 2])
    #expect(report.document([.fit], .json) == report.table(.fit).formatted(.json))
  }

  @Test func csvHoldsOneTable() {
    #expect(report.document([.loss, .fit], .csv) == nil)
    #expect(report.document([.loss], .csv) == report.table(.loss).formatted(.csv))
  }

  @Test(arguments: [TableFormat.text, .markdown, .latex]) func tablesForPeopleFollowOneAnother(format: TableFormat) {
    #expect(
      report.document([.loss, .weights], format) == report.table(.loss).formatted(format) + "\n"
        + report.table(.weights).formatted(format))
  }

  @Test func eachTableGoesToAFileOfItsOwn() throws {
    try withTemporaryDirectory { directory in
      let paths = try report.write([.loss, .weights], .csv, into: "\(directory)/new/tables")
      #expect(paths == ["loss.csv", "weights.csv"].map { "\(directory)/new/tables/\($0)" })
      #expect(try String(contentsOfFile: paths[1], encoding: .utf8) == report.table(.weights).formatted(.csv))
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/new/tables").count == 2)
    }
  }

  @Test func aFileInTheWayIsNamedInPlainWords() throws {
    try withTemporaryDirectory { directory in
      try Data().write(to: URL(fileURLWithPath: "\(directory)/f"))
      for place in ["f", "f/g"] {
        let error = #expect(throws: ReportError.self) {
          try report.write([.loss], .csv, into: "\(directory)/\(place)")
        }
        let text = error?.description ?? ""
        #expect(text.contains("/\(place)") && text.hasSuffix("permissions.") && !text.contains(".."), "\(text)")
        #expect(text.contains(place == "f" ? "a file of that name is in the way" : "Not a directory"), "\(text)")
      }
    }
  }
}
