import Reports
import Sweeps
import Testing

@Suite struct ProgressTests {
  private func progress(
    _ committedNow: Int, of planned: Int = 100, before: Int = 0, failed: Int = 0, seconds: Double,
    remaining: Double? = nil
  ) -> RunProgress {
    RunProgress(
      planned: planned, committedBefore: before, committedNow: committedNow, failed: failed, running: 2,
      queued: planned - before - committedNow - failed - 2, workers: 4, elapsedSeconds: seconds,
      remainingSeconds: remaining)
  }

  @Test func theLineHasCountsRateTimeLeftAndWorkers() {
    #expect(
      ProgressText(progress(30, before: 10, failed: 1, seconds: 10, remaining: 61)).line
        == "40/100 trials, 1 failed, 3.0/s, 1 min 01 s left, 4 workers")
    #expect(ProgressText(progress(0, seconds: 0)).line == "0/100 trials, 4 workers")
    #expect(ProgressText(progress(1, seconds: 30)).line == "1/100 trials, 2.0/min, 4 workers")
    #expect(ProgressText(progress(1, seconds: 7200)).line == "1/100 trials, 0.5/h, 4 workers")
  }

  @Test(arguments: [
    (0, "0 s"), (0.2, "1 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (3600, "1 h 00 min"),
    (86_399, "23 h 59 min"), (90_000, "1 d 1 h"), (.infinity, "11574074 d 1 h"), (-5, "0 s"),
  ])
  func durationsHaveTwoUnits(seconds: Double, text: String) {
    #expect(ProgressText.duration(seconds) == text)
  }

  @Test(arguments: 0...200)
  func theBarFitsItsWidth(width: Int) {
    let bar = ProgressText(progress(50, failed: 3, seconds: 10, remaining: 9)).bar(width: width, isColored: false)
    #expect(bar.count <= width)
    if width >= 40 { #expect(bar.contains("█") && bar.contains("50/100 trials, 3 failed")) }
    if width >= 90 { #expect(bar.contains("4 workers") && bar.contains("9 s left")) }
  }

  @Test func theBarIsFullOnlyWhenAllIsDone() {
    let almost = ProgressText(progress(999, of: 1000, seconds: 1)).bar(width: 100, isColored: false)
    #expect(almost.contains(" 99 %"))
    let all = ProgressText(progress(1000, of: 1000, seconds: 1)).bar(width: 100, isColored: false)
    #expect(all.contains("100 %") && all.contains(String(repeating: "█", count: 40)))
    #expect(ProgressText(progress(0, of: 0, seconds: 0)).share == 1)
  }

  @Test func colourIsOnlyAddedWhenAskedFor() {
    let text = ProgressText(progress(50, seconds: 1))
    let plain = text.bar(width: 100, isColored: false)
    #expect(!plain.contains("\u{1B}"))
    let coloured = text.bar(width: 100, isColored: true)
    #expect(coloured.replacing("\u{1B}[36m", with: "").replacing("\u{1B}[0m", with: "") == plain)
  }

  @Test func plainLinesComeAtStepsAndAfterAWhile() {
    var lines: [String] = []
    var display = ProgressDisplay(style: .lines, width: { 80 }, write: { lines.append($0) })
    display.update(progress(0, seconds: 0))
    display.update(progress(1, seconds: 1))  // no step
    display.update(progress(15, seconds: 1.5))  // a step, but too soon
    display.update(progress(16, seconds: 3))  // the step
    display.update(progress(17, seconds: 10))  // no step
    display.update(progress(18, seconds: 33))  // a long time
    display.finish(progress(100, seconds: 34))
    #expect(lines.map { $0.prefix { $0 != "/" } } == ["0", "16", "18", "100"])
    #expect(lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\u{1B}") })
  }

  @Test func theBarIsRedrawnInPlaceAndMessagesStandAboveIt() {
    var written: [String] = []
    var display = ProgressDisplay(style: .bar(isColored: false), width: { 60 }, write: { written.append($0) })
    display.update(progress(1, seconds: 0))
    display.update(progress(2, seconds: 0.05))  // too soon
    display.print("trial failed:\n\u{1B}[2Jmessage")
    display.update(progress(3, seconds: 0.06))
    display.finish(progress(4, seconds: 1))
    #expect(written.count == 5)
    #expect(written[0].hasPrefix("\r\u{1B}[K▕") && !written[0].contains("\n"))
    #expect(written[1] == "\r\u{1B}[Ktrial failed:\n [2Jmessage\n")
    #expect(written[2].contains("3/100"))
    #expect(written[3].contains("4/100") && !written[3].contains("\n"))
    #expect(written[4] == "\n")
    #expect(written.allSatisfy { $0.count <= 3 + 60 })
  }
}
