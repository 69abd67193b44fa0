public import Numerics

/// The energy of linear attention on a prompt that is seen, and answered, through a transform A (end of Appendix H),
/// with Y = A X:
///
///     E(Y, s) = ‖A⁻¹s‖²/2γ − (1/2L) Σ_t ⟨A⁻¹Y_t, A⁻¹s⟩².
///
/// A gradient step that is preconditioned by A Aᵀ is A.13: s − γ A Aᵀ∇E = (γ/L) Σ_t Y_t ⟨A⁻¹Y_t, A⁻¹s⟩.
///
/// The paper prints ‖s‖² for ‖A⁻¹s‖². With that the step has the remainder s − A Aᵀs, which vanishes for orthogonal A
/// alone; the energy above is A.15 in the original coordinates, which the transform must leave as it is.
public struct TransformedHopfieldEnergy: MemoryEnergy {
  /// A, n × n.
  public let transform: Matrix
  /// The energy in the original coordinates r = A⁻¹s.
  private let original: SphericalHopfieldEnergy
  private let decomposition: LUDecomposition
  private let inverse: Matrix
  /// The exact range of the Hessian A⁻ᵀ (I/γ − S) A⁻¹.
  public let curvature: ClosedRange<Double>

  /// The energy of transformed memories Y, n × L; nothing if A is singular. γ must not be zero.
  public init?(memories: Matrix, transform: Matrix, scaleProduct: Double) {
    guard let decomposition = LUDecomposition(of: transform) else { return nil }
    self.transform = transform
    self.decomposition = decomposition
    inverse = decomposition.inverse
    original = SphericalHopfieldEnergy(memories: decomposition.solve(memories), scaleProduct: scaleProduct)
    var hessian = Matrix.identity(transform.rows, scale: 1 / scaleProduct)
    for index in hessian.values.indices { hessian.values[index] -= original.secondMoment.values[index] }
    let eigenvalues = SymmetricEigenDecomposition(of: inverse.transposedTimes(hessian * inverse)).values
    curvature = (eigenvalues.last ?? 0)...(eigenvalues.first ?? 0)
  }

  /// n.
  public var dimension: Int { transform.rows }

  /// γ. It is ``preconditionedStep(from:size:)`` of this size that is the attention layer, not the plain step.
  public var attentionStepSize: Double { original.scaleProduct }

  /// E and ∇E = A⁻ᵀ∇ᵣE.
  public func evaluate(at state: [Double]) -> EnergyPoint {
    let point = original.evaluate(at: decomposition.solve(state))
    return EnergyPoint(value: point.value, gradient: inverse.transposedTimes(point.gradient))
  }

  /// A⁻ᵀ (I/γ − S) A⁻¹ v, at every state.
  public func hessianProduct(at state: [Double], _ direction: [Double]) -> [Double] {
    inverse.transposedTimes(original.hessianProduct(at: state, decomposition.solve(direction)))
  }

  /// s − γ A Aᵀ∇E: the plain step in the original coordinates.
  public func preconditionedStep(from state: [Double], size: Double) -> [Double] {
    let gradient = evaluate(at: state).gradient
    return moved(state, along: transform * transform.transposedTimes(gradient), size: size)
  }
}
