/// Reads the section `seeds`: a count, or a mapping with count, root, first and shared_data.
struct SeedsReader {
  let diagnostics: DiagnosticCollector

  private static let keys = ["count", "root", "first", "shared_data"]

  /// The seeds; what is wrong is reported and left at its default.
  func seeds(_ node: SourceNode) -> SweepSeeds {
    var seeds = SweepSeeds()
    guard case .mapping(let pairs) = node.content else {
      if let count = integer(node, "seeds", 1...SweepLimits.seedsMax) { seeds.count = count }
      return seeds
    }
    for (key, value) in pairs {
      switch key.text {
      case "count"?: seeds.count = integer(value, "count", 1...SweepLimits.seedsMax) ?? seeds.count
      case "root"?: seeds.root = integer(value, "root", 0...Int.max) ?? seeds.root
      // Room for the last seed: first + count stays below 2⁶³.
      case "first"?: seeds.first = integer(value, "first", 1...Int.max - SweepLimits.seedsMax) ?? seeds.first
      case "shared_data"?:
        switch value.content {
        case .scalar("true", isPlain: true): seeds.sharesData = true
        case .scalar("false", isPlain: true): seeds.sharesData = false
        default:
          diagnostics.report(
            value.place, "shared_data must be true or false, not \(value.spelling)", hint: "write true or false")
        }
      default:
        diagnostics.report(
          key.place, "unknown key \(key.keySpelling) under seeds",
          hint: NearestName.hint(key.text ?? "", among: Self.keys)
        )
      }
    }
    return seeds
  }

  private func integer(_ node: SourceNode, _ name: String, _ bounds: ClosedRange<Int>) -> Int? {
    if case .scalar(let text, isPlain: true) = node.content, case .integer(let value) = ScalarReading.number(text),
      bounds.contains(value)
    {
      return value
    }
    diagnostics.report(
      node.place, "\(name) must be an integer from \(bounds.lowerBound) to \(bounds.upperBound), not \(node.spelling)",
      hint: "seeds: {count: 6, root: 0, first: 1, shared_data: false}, or just a count")
    return nil
  }
}
