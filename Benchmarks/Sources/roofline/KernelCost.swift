import Numerics
import Workloads

/// What a pass over one prompt costs at least, counted by hand from its formulas.
struct KernelCost {
  /// Multiplications and additions, one each. Exponentials are not among them.
  var flops: Double
  var exponentials: Double
  /// Bytes of a prompt: what has to come from where the data set lies, once.
  var bytes: Double

  private static let bytesPerFloat = 4.0

  /// Softmax forward and backward on contexts of `rank` components: Xᵀ u, X a, Xᵀ dm and X ds take 2 rank L each; the
  /// elementwise work on L scores takes 6 (maximum, difference, sum and scale; difference and product of ds); W x̃,
  /// W_PV m, W_PVᵀ e, e mᵀ and du x̃ᵀ take 2 n² each. Coordinates add two products with the n × rank basis each way.
  static func softmaxTraining(n: Int, rank: Int, contextLength: Int) -> KernelCost {
    let (n, r, L) = (Double(n), Double(rank), Double(contextLength))
    let basis = r < n ? 4 * 2 * n * r : 0
    return KernelCost(
      flops: L * (8 * r + 6) + 10 * n * n + basis, exponentials: L,
      bytes: bytesPerFloat * (r * L + 2 * n + (r < n ? n * r : 0)))
  }

  /// Softmax forward alone: half the products over L, and two n × n products.
  static func softmaxEvaluation(n: Int, contextLength: Int) -> KernelCost {
    let (n, L) = (Double(n), Double(contextLength))
    return KernelCost(flops: L * (4 * n + 4) + 4 * n * n, exponentials: L, bytes: bytesPerFloat * (n * L + 2 * n))
  }

  /// Linear attention forward and backward on X Xᵀ/L: seven products with n × n matrices.
  static func linearTraining(n: Int) -> KernelCost {
    let n = Double(n)
    return KernelCost(flops: 14 * n * n, exponentials: 0, bytes: bytesPerFloat * (n * n + 2 * n))
  }
}

/// A kernel with its data, and what a pass over all its prompts costs.
struct KernelCase {
  let name: String
  let fixture: KernelFixture
  let cost: KernelCost
  let isTraining: Bool

  var workingSet: Int { Int(cost.bytes) * fixture.prompts.count }

  /// The seconds of one pass.
  func measure() -> Elapsed {
    var sum = 0.0
    let elapsed = meanTime(atLeast: 0.05) { sum += isTraining ? fixture.trainingPass() : fixture.evaluationPass() }
    precondition(sum.isFinite)
    return elapsed
  }
}
