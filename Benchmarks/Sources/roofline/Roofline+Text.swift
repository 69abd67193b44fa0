import Foundation

extension Roofline {
  /// Both tables for a terminal.
  var text: String {
    var lines = ["limits of one core (\(rounds) rounds)"]
    for limit in limits {
      lines.append(
        pad("  " + limit.name, 58) + String(format: "median %8.2f  best %8.2f ", limit.median, limit.best) + limit.unit)
    }
    lines.append("\nkernels: a pass over all prompts")
    for kernel in kernels {
      lines.append(
        pad("  " + kernel.name, 58) + pad(size(kernel.workingSetBytes), 11)
          + String(
            format:
              "%8.3f ms  %6.1f GFLOP/s = %3.0f %% of peak  bytes %.3f ms, arithmetic %.3f ms: %.0f %% of the bound by ",
            kernel.seconds * 1e3, kernel.gigaflops, kernel.shareOfPeak * 100, kernel.memorySeconds * 1e3,
            kernel.arithmeticSeconds * 1e3, kernel.shareOfAttainable * 100) + kernel.bound)
    }
    return lines.joined(separator: "\n")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
