import Denoising
import Foundation
import Numerics
import Workloads

/// A piece of work that is timed alone, and how many items of what kind it works on.
struct KernelBenchmark {
  let name: String
  let item: String
  let items: Int
  private let body: () throws -> Elapsed
  private var seconds: [Double] = []

  private init(_ name: String, item: String, items: Int, body: @escaping () throws -> Elapsed) {
    (self.name, self.item, self.items, self.body) = (name, item, items, body)
  }

  /// A benchmark of something that times itself.
  static func timed(
    _ name: String, item: String, items: Int, _ body: @escaping () throws -> Elapsed
  ) -> KernelBenchmark {
    KernelBenchmark(name, item: item, items: items, body: body)
  }

  /// A benchmark of something short, which is repeated.
  static func repeated(_ name: String, item: String, items: Int, _ body: @escaping () -> Void) -> KernelBenchmark {
    KernelBenchmark(name, item: item, items: items) { meanTime(atLeast: roundSeconds, body) }
  }

  mutating func measure() throws { seconds.append(try body().cpu) }

  static let heading = column("", nameWidth) + "   median     minimum    throughput (median)"

  var line: String {
    let (middle, least) = (median(seconds), seconds.min() ?? 0)
    return column(name, Self.nameWidth)
      + String(
        format: "%9.4g ms %9.4g ms %9.4g M ", middle * 1e3, least * 1e3, Double(items) / middle / 1e6) + item + "s/s"
  }

  private static let roundSeconds = 0.05
  private static let nameWidth = 68
}

private func column(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
