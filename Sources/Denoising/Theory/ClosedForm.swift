import Numerics

/// What theory says a loss should be, per component. Every function returns nothing where no closed form applies.
///
/// In transformed coordinates (target A x) a loss that averages over Haar-random subspaces or directions is
/// tr(AᵀA)/n times the loss in original coordinates, because the mean outer product of the error is a multiple of I.
public enum ClosedForm {
  /// The expected loss of linear attention x̂ = γ (X Xᵀ/L) x̃, exact for every task and every L ≥ 1.
  ///
  /// With a transform A, these are the weights of Eq A.12 or A.13, which undo it: x̂ (or A x̂) for W_PV = α A⁻¹ (or α I)
  /// and W_KQ = β (A Aᵀ)⁻¹.
  public static func loss(scaleProduct: Double, task: TaskConfiguration) -> Double {
    LinearAttentionLoss(task: task).value(scaleProduct: scaleProduct) * componentFactor(task)
  }

  /// The best scale product of linear attention at the task's own context length, and its loss.
  ///
  /// It is the optimum among scaled identities, and with full weights that see a transform, among those of Eq A.12. For
  /// linear tasks in two and three dimensions, a numerical search over all full weights ends there too.
  ///
  /// Nothing for other kinds of attention, with a residual, for scaled identities that see a transform, and where A x is
  /// to be predicted: there the weights of Eq A.13 are not optimal at finite L.
  public static func optimum(
    task: TaskConfiguration, attention: AttentionConfiguration
  ) -> LinearAttentionOptimum? {
    guard attention.kind == .linear, !attention.hasResidual else { return nil }
    if let transform = task.transform {
      guard transform.target == .original, attention.parameterization == .full else { return nil }
    }
    let minimum = LinearAttentionLoss(task: task).minimum
    return LinearAttentionOptimum(
      scaleProduct: minimum.scaleProduct, loss: minimum.value * componentFactor(task))
  }

  /// The expected loss on one task of linear attention that is optimal for another: trained at d and L, used at d′ and L′.
  public static func transferLoss(
    trainedOn trained: TaskConfiguration, usedOn used: TaskConfiguration, attention: AttentionConfiguration
  ) -> Double? {
    guard trained.transform == used.transform, let optimum = optimum(task: trained, attention: attention) else {
      return nil
    }
    return loss(scaleProduct: optimum.scaleProduct, task: used)
  }

  /// The loss of the zero predictor, E‖x‖²/n.
  public static func zeroLoss(task: TaskConfiguration) -> Double {
    LinearAttentionLoss(task: task).constant * componentFactor(task)
  }

  /// The loss of the posterior mean with the task known: d σ₀² σ_Z²/(σ₀² + σ_Z²)/n for a linear task (Proposition 2),
  /// R² (1 − E ρ²)/n for a sphere (Proposition 3; by quadrature). For a mixture only where all components are one:
  /// a single component, or centres at the origin with one variance.
  public static func bayesLoss(task: TaskConfiguration) -> Double? {
    let noise = task.noiseVariance
    guard noise > 0 else { return 0 }
    let total: Double
    switch task.family {
    case .linearSubspace(let dimension, let signal):
      total = mean(dimension) { Double($0) * noise * wienerGain(signal: signal, noise: noise) }
    case .sphere(let dimension, let radius):
      total = mean(dimension) { dimension in
        let query = SphereQuery(dimension: dimension, radius: radius, noiseVariance: noise)
        return radius * radius * query.expectation { (1 - $0) * (1 + $0) }
      }
    case .gaussianMixture(let mixture):
      guard let variance = mixture.variances.first, mixture.variances.allSatisfy({ $0 == variance }),
        mixture.componentCount.range == 1...1 || mixture.radius == 0
      else { return nil }
      total = Double(task.ambientDimension) * noise * wienerGain(signal: variance, noise: noise)
    }
    return total * componentFactor(task)
  }

  /// The loss of the plain projection P x̃ with the task known: (rank of P) σ_Z²/n. Nothing for a mixture.
  public static func projectionLoss(task: TaskConfiguration) -> Double? {
    switch task.family {
    case .linearSubspace(let dimension, _):
      mean(dimension) { Double($0) * task.noiseVariance } * componentFactor(task)
    case .sphere(let dimension, _):
      mean(dimension) { Double($0 + 1) * task.noiseVariance } * componentFactor(task)
    case .gaussianMixture: nil
    }
  }

  /// The loss of the best linear estimator with the task known, which linear attention tends to for L → ∞:
  /// m s σ_Z²/(s + σ_Z²)/n for m dimensions with variance s. Nothing for a mixture.
  public static func shrunkProjectionLoss(task: TaskConfiguration) -> Double? {
    guard case .sphere(let dimension, let radius) = task.family else {
      if case .linearSubspace = task.family { return bayesLoss(task: task) }
      return nil
    }
    let total = mean(dimension) { dimension in
      let m = Double(dimension + 1)
      return m * task.noiseVariance * wienerGain(signal: radius * radius / m, noise: task.noiseVariance)
    }
    return total * componentFactor(task)
  }

  /// The loss of the nearest point on the sphere with the task known, 2 R² (1 − E ρ)/n: given the query, the mean of
  /// ⟨x, x̂⟩ is R² ρ. By quadrature; nothing for other tasks.
  public static func radialProjectionLoss(task: TaskConfiguration) -> Double? {
    guard case .sphere(let dimension, let radius) = task.family else { return nil }
    guard task.noiseVariance > 0 else { return 0 }
    let total = mean(dimension) { dimension in
      let query = SphereQuery(dimension: dimension, radius: radius, noiseVariance: task.noiseVariance)
      return 2 * radius * radius * query.expectation { 1 - $0 }
    }
    return total * componentFactor(task)
  }

  /// 1/n, or tr(AᵀA)/n² where the target is A x.
  private static func componentFactor(_ task: TaskConfiguration) -> Double {
    let n = Double(task.ambientDimension)
    guard let transform = task.transform, transform.target == .transformed else { return 1 / n }
    return squaredNorm(transform.matrix.values) / (n * n)
  }

  /// The mean of a function of an integer that is fixed or uniform.
  private static func mean(_ distribution: IntegerDistribution, _ f: (Int) -> Double) -> Double {
    distribution.range.reduce(0) { $0 + f($1) } / Double(distribution.range.count)
  }
}
