/// The predicted work of a trial, for longest-first scheduling and for the plan's estimate.
///
/// In floating-point operations, to within a factor that is about the same for all trials. With P prompts, of which N
/// for training, r = n (mixture) or the rank of the context, E epochs and V evaluations of all P prompts:
///
///     sampling     P L (2 n r + 20 r)            a deviate costs about 20 operations
///     linear       P L 2 n² once, then 8 n² per prompt and pass
///     softmax      (4 n + 12) L + 4 n² per prompt and pass: scores, exponentials, mean
///     gaussian     (4 n + 14) L + 6 n²
///     training     N E passes at 3 (forward and backward), P V passes at 1
///     baselines    P (L n² + 20 n³)              the second moments of the context and their eigenvectors
public enum TrialCost {
  /// Operations of the trial that a resolved assignment describes.
  static func operations(of assignment: Assignment) -> Double {
    func number(_ key: ParameterKey) -> Double { Double(assignment.integer(key) ?? 0) }
    let (n, L, train) = (number(.n), number(.L), number(.trainPrompts))
    let prompts = train + number(.testPrompts)
    let isSphere = assignment.isWord(.task, "sphere")
    let rank = assignment.integerRange(.d).map { Double($0.upperBound + (isSphere ? 1 : 0)) } ?? n

    var operations = prompts * L * (2 * n * rank + 20 * rank) + prompts * (L * n * n + 20 * n * n * n)
    let pass: Double
    switch assignment[.attention] {
    case .text("softmax")?: pass = (4 * n + 12) * L + 4 * n * n
    case .text("gaussian")?: pass = (4 * n + 14) * L + 6 * n * n
    default:
      pass = 8 * n * n
      operations += prompts * L * 2 * n * n
    }
    let evaluations = (number(.epochs) / max(1, number(.evaluationInterval))).rounded(.up) + 1
    return operations + pass * (3 * train * number(.epochs) + prompts * evaluations)
  }
}
