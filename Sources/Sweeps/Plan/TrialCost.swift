import Denoising

/// The predicted work of a trial, for longest-first scheduling and for the plan's estimate.
///
/// In floating-point operations, of which one core does some 10 to 40 billion in a second, to within a factor of about 3
/// (measured over L from 50 to 5000 and n = 16 and 64). With P prompts, of which N for training and T for test,
/// r = n (mixture) or the rank of the context, E epochs and V evaluations of all P prompts:
///
///     sampling     P L (2 n r + 20 r)            a deviate costs about 20 operations
///     linear       P L 2 n² once, then 8 n² per prompt and pass
///     softmax      (4 n + 12) L + 4 n² per prompt and pass: scores, exponentials, mean
///     gaussian     (n² + 4 n + 14) L + 6 n²      the norms of the keys besides
///     training     N E passes at 3 (forward and backward), P V passes at 1
///     landscape    one pass over N for each β of the grid and of the search for the minimum, instead of the training
///     retrieval    C contexts × Q queries × (K + 100 steps) × (4000 + L (8 n + 100)), instead of all the above but the
///                  sampling: double precision, and short vectors; how many steps convergence takes is a guess
///     baselines    T (L n² + 10 n³)              the second moments of the test contexts and their eigenvectors
public enum TrialCost {
  /// Operations of the trial that a resolved assignment describes.
  static func operations(of assignment: Assignment) -> Double {
    func number(_ key: ParameterKey) -> Double { Double(assignment.integer(key) ?? 0) }
    let (n, L, train) = (number(.n), number(.L), number(.trainPrompts))
    let test = number(.testPrompts)
    let prompts = train + test
    let isSphere = assignment.isWord(.task, "sphere")
    let rank = assignment.integerRange(.d).map { Double($0.upperBound + (isSphere ? 1 : 0)) } ?? n

    let isWishart = assignment.isWord(.contextSampling, "wishart")
    // A Wishart matrix costs what a context of about its rank does.
    let drawn = isWishart ? min(L, 8 * rank) : L
    var operations = prompts * drawn * (2 * n * rank + 20 * rank) + test * (drawn * n * n + 10 * n * n * n)
    let pass: Double
    switch assignment[.attention] {
    case .text("softmax")?: pass = (4 * n + 12) * L + 4 * n * n
    case .text("gaussian")?: pass = (n * n + 4 * n + 14) * L + 6 * n * n
    default:
      pass = 8 * n * n
      operations += prompts * drawn * 2 * n * n
    }
    switch assignment.study {
    case .training:
      let evaluations = (number(.epochs) / max(1, number(.evaluationInterval))).rounded(.up) + 1
      return operations + pass * (3 * train * number(.epochs) + prompts * evaluations)
    case .retrieval:
      let contexts = number(.contexts)
      let steps = contexts * number(.queriesPerContext) * (number(.steps) + 100)
      return contexts * L * (2 * n * rank + 20 * rank) + steps * (4000 + L * (8 * n + 100))
    case .landscape:
      // Linear attention pools once for all β. The minimum takes some 66 further values of β.
      let passes = assignment.isWord(.attention, "linear") ? 8 : number(.gridPoints) + 66
      return operations + pass * train * passes
    case .transfer:
      // Sampling is counted as if all contexts had the length L; the layer is trained, and used twice.
      return operations + pass * (3 * train * number(.epochs) + 2 * prompts)
    case .convergence: return operations
    }
  }
}
