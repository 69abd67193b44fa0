import Denoising

/// The predicted work of a trial, for longest-first scheduling and for the plan's estimate.
///
/// In operations of which one core of a current server does ``operationsPerSecond``; the constants are fitted to the
/// computing time of whole trials, which `swift run -c release --package-path Benchmarks costs` takes again. With P
/// prompts, of which N for training and T for test, r = n (mixture) or the rank of the context, E epochs and V evaluations
/// of all P prompts:
///
///     sampling     P L 70 r                      a normal deviate costs as much as 70 multiplications and additions
///     bases        P 40 n r²                     of the linear task and of spheres, orthonormal
///     linear       P (L r² + 40 n² r) once, then 8 n² per prompt and pass
///     softmax      (3 r + 12) L + 4 n² + 2000    per prompt and pass: scores, exponentials, mean
///     gaussian     (n r + 4 r + 14) L + 6 n²     the norms of the keys besides
///     training     N E passes at 2 (forward and backward), P V passes at 1
///     landscape    one pass over N for each β of the grid and of the search for the minimum, instead of the training
///     retrieval    C contexts × Q queries × (K + 100 steps) × (6400 + L (13 n + 160)), instead of all the above but the
///                  sampling: double precision, and short vectors; how many steps convergence takes is a guess
///     baselines    T (L (2 r + 60) n + 40,000 n)   the test contexts in double precision, and their eigenvectors
public enum TrialCost {
  /// What the constants are fitted to: one core of an AMD EPYC of 2023.
  public static let operationsPerSecond = 3.5e10

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
    let basis = assignment.isWord(.task, "mixture") ? 0 : 40 * n * rank * rank
    var operations = prompts * (drawn * 70 * rank + basis) + test * (drawn * (2 * rank + 60) * n + 40_000 * n)
    let pass: Double
    switch assignment[.attention] {
    case .text("softmax")?: pass = (3 * rank + 12) * L + 4 * n * n + 2000
    case .text("gaussian")?: pass = (n * rank + 4 * rank + 14) * L + 6 * n * n
    default:
      pass = 8 * n * n
      operations += prompts * (drawn * rank * rank + 40 * n * n * rank)
    }
    switch assignment.study {
    case .training:
      let evaluations = (number(.epochs) / max(1, number(.evaluationInterval))).rounded(.up) + 1
      return operations + pass * (2 * train * number(.epochs) + prompts * evaluations)
    case .retrieval:
      let contexts = number(.contexts)
      let steps = contexts * number(.queriesPerContext) * (number(.steps) + 100)
      return contexts * L * 70 * rank + steps * (6400 + L * (13 * n + 160))
    case .landscape:
      // Linear attention pools once for all β. The minimum takes some 66 further values of β.
      let passes = assignment.isWord(.attention, "linear") ? 8 : number(.gridPoints) + 66
      return operations + pass * train * passes
    case .transfer:
      // Sampling is counted as if all contexts had the length L; the layer is trained, and used twice.
      return operations + pass * (2 * train * number(.epochs) + 2 * prompts)
    case .convergence: return operations
    }
  }
}
