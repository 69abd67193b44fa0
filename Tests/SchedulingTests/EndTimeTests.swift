import Foundation
import Scheduling
import Testing

@Suite struct EndTimeTests {
  /// 2026-11-21T12:00:00Z.
  private static let noon = Date(timeIntervalSince1970: 1_795_262_400)

  private static func seconds(_ text: String) throws -> Double {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 3_600))
    return try EndTime(text, now: noon, calendar: calendar).unixSeconds - noon.timeIntervalSince1970
  }

  private static let times: [(String, Double)] = [
    ("2026-11-21T12:00:10Z", 10), ("2026-11-21T14:00:00+01:00", 3_600), ("2026-11-21T12:00:00.500Z", 0.5),
    ("@1795262405", 5), ("@1795262405.25", 5.25),
    // The clock of the calendar shows 13:00.
    ("13:30", 1_800), ("13:00:05", 5), ("12:59", 86_400 - 60), ("9:05", 86_400 - 14_100),
    ("+90m", 5_400), ("+1h30m", 5_400), ("+45s", 45), ("+45", 45), ("+2d", 172_800), ("+1.5h", 5_400),
    ("+1d2h3m4s", 93_784),
  ]

  @Test(arguments: times) func readsTimes(text: String, expected: Double) throws {
    #expect(try abs(Self.seconds(text) - expected) < 1e-6)
  }

  @Test(arguments: [
    "", "noon", "25:00", "12:60", "12", "12:00:00:00", "1:2x", "+", "+x", "+1x", "+1m1h", "+-5s", "@", "@nan", "@-1",
    "2026-11-21", "2026-13-21T12:00:00Z", "+400d",
  ]) func refusesWhatIsNone(text: String) {
    #expect(throws: EndTime.Malformed.self) { try Self.seconds(text) }
  }

  @Test func knowsSlurm() {
    #expect(EndTime.ofSlurmAllocation(["SLURM_JOB_END_TIME": "1795262405"])?.text == "2026-11-21T12:00:05Z")
    for text in ["", "Unknown", "0", "nan"] {
      #expect(EndTime.ofSlurmAllocation(["SLURM_JOB_END_TIME": text]) == nil)
    }
    #expect(EndTime.ofSlurmAllocation([:]) == nil)
  }
}
