public import Numerics

/// The energy whose gradient step is linear attention with αβ = γ, the paper's Naive Spherical Hopfield model (A.15):
///
///     E(X, s) = ‖s‖²/2γ − (1/2L) sᵀ X Xᵀ s = ½ sᵀ (I/γ − S) s,    S = X Xᵀ/L,    ∇E = s/γ − S s.
///
/// With γ = 1/(σ₀² + σ_Z²) the second form is A.17. Its only stationary point is zero (but for the null space of
/// I/γ − S): repeated steps lead there, or, where an eigenvalue of S is above 1/γ, out to infinity.
public struct SphericalHopfieldEnergy: MemoryEnergy {
  /// S = X Xᵀ/L, n × n.
  public let secondMoment: Matrix
  /// γ = αβ.
  public let scaleProduct: Double
  /// 1/γ less the largest and the smallest eigenvalue of S: the exact range of the Hessian, which is the same everywhere.
  public let curvature: ClosedRange<Double>

  /// The energy of memories with the given second moment X Xᵀ/L, symmetric n × n. γ must not be zero.
  public init(secondMoment: Matrix, scaleProduct: Double) {
    precondition(scaleProduct != 0, "the scale of an energy must not be zero")
    self.secondMoment = secondMoment
    self.scaleProduct = scaleProduct
    let eigenvalues = SymmetricEigenDecomposition(of: secondMoment).values
    let (largest, smallest) = (eigenvalues.first ?? 0, eigenvalues.last ?? 0)
    curvature = (1 / scaleProduct - largest)...(1 / scaleProduct - smallest)
  }

  /// The energy of memories X, n × L.
  public init(memories: Matrix, scaleProduct: Double) {
    self.init(secondMoment: memories.secondMoment, scaleProduct: scaleProduct)
  }

  /// n.
  public var dimension: Int { secondMoment.rows }

  /// γ.
  public var attentionStepSize: Double { scaleProduct }

  /// Whether descent ends at zero, and not at infinity: I/γ − S is positive definite.
  public var isPositiveDefinite: Bool { curvature.lowerBound > 0 }

  /// E and ∇E.
  public func evaluate(at state: [Double]) -> EnergyPoint {
    let gradient = hessianProduct(at: state, state)
    return EnergyPoint(value: 0.5 * dot(state, gradient), gradient: gradient)
  }

  /// v/γ − S v, at every state.
  public func hessianProduct(at state: [Double], _ direction: [Double]) -> [Double] {
    var product = secondMoment * direction
    for index in product.indices { product[index] = direction[index] / scaleProduct - product[index] }
    return product
  }
}
