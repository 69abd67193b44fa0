/// An energy E(X, s) over states s ∈ ℝⁿ that a context X shapes: its tokens are the memories, and the descent from a
/// query is their retrieval (Section 4).
public protocol MemoryEnergy: Sendable {
  /// n, the number of entries of a state.
  var dimension: Int { get }
  /// The step size γ at which one gradient step is the attention layer; under a transform, a preconditioned one
  /// (``TransformedHopfieldEnergy``).
  var attentionStepSize: Double { get }
  /// An interval that holds every eigenvalue of the Hessian, at every state.
  ///
  /// It decides about descent. With c the upper end, E(s − γ∇E) ≤ E(s) − γ (1 − γc/2) ‖∇E‖²: a step size in
  /// 0 < γ < 2/c (any, if c ≤ 0) never raises the energy. A positive lower end means that there is one minimum.
  var curvature: ClosedRange<Double> { get }

  /// E(X, s) and ∇ₛE(X, s), for a state of ``dimension`` entries.
  func evaluate(at state: [Double]) -> EnergyPoint
  /// The Hessian of E(X, s) at a state times a direction; both have ``dimension`` entries.
  func hessianProduct(at state: [Double], _ direction: [Double]) -> [Double]
}

/// An energy and its gradient at a state.
public struct EnergyPoint: Sendable, Hashable {
  /// E(X, s).
  public var value: Double
  /// ∇ₛE(X, s), n entries.
  public var gradient: [Double]

  /// An energy and its gradient.
  public init(value: Double, gradient: [Double]) {
    self.value = value
    self.gradient = gradient
  }
}

extension MemoryEnergy {
  /// s − γ∇ₛE(X, s), one gradient step (Eq 17 for ``DenseAssociativeEnergy``).
  public func step(from state: [Double], size: Double) -> [Double] {
    moved(state, along: evaluate(at: state).gradient, size: size)
  }

  /// What one gradient step makes of a small displacement of the state: v − γ∇²E v.
  public func stepDerivative(at state: [Double], of displacement: [Double], size: Double) -> [Double] {
    moved(displacement, along: hessianProduct(at: state, displacement), size: size)
  }

  /// The largest step size below which no step raises the energy, 2/c with c the upper end of ``curvature``; infinite if
  /// the energy curves upwards nowhere.
  public var descentStepSizeMax: Double { curvature.upperBound > 0 ? 2 / curvature.upperBound : .infinity }

  func moved(_ state: [Double], along gradient: [Double], size: Double) -> [Double] {
    var next = state
    for index in next.indices { next[index] -= size * gradient[index] }
    return next
  }
}
