/// What a user may have meant by a name that is not known.
enum NearestName {
  /// Names that are used elsewhere for what is called otherwise here.
  private static let synonyms = [
    "lr": "learning_rate", "sigma": "noise_variance", "sigma2": "noise_variance", "noise": "noise_variance",
    "sigma0": "signal_variance", "sigma_z": "noise_variance", "variance": "signal_variance", "context_length": "L",
    "batch": "batch_size", "dim": "n", "dimension": "d", "clusters": "component_count", "p": "component_count",
    "r": "radius", "grid": "axes", "seed": "seeds", "model": "attention", "title": "report", "fixed": "parameters",
    "linked": "cases", "epoch": "epochs", "milestones": "decay_at", "gamma": "decay_factor",
  ]

  /// The nearest of the known names: a synonym, the same but for case and dashes, or at most a third of its letters
  /// away.
  static func of(_ name: String, among known: [String]) -> String? {
    let plain = normalized(name)
    if let synonym = synonyms[plain], known.contains(synonym) { return synonym }
    // Longer names cost more to compare than they are worth.
    guard !name.isEmpty, name.utf8.count <= 64 else { return nil }
    let ranked = known.map { (name: $0, distance: distance(plain, normalized($0))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, (best.name.count + 1) / 3) && best.distance < name.count ? best.name : nil
  }

  /// A hint that names the nearest, or all.
  static func hint(_ name: String, among known: [String]) -> String {
    of(name, among: known).map { "did you mean \($0)?" } ?? "known here: \(known.joined(separator: ", "))"
  }

  private static func normalized(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
  }

  /// Levenshtein distance: insertions, deletions and substitutions.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        (diagonal, row[j + 1]) = (row[j + 1], min(row[j] + 1, row[j + 1] + 1, diagonal + (letter == other ? 0 : 1)))
      }
    }
    return row[right.count]
  }
}
