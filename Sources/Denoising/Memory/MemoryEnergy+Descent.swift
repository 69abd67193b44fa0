import Numerics

/// Where repeated gradient steps led.
public struct DescentEnd: Sendable, Hashable {
  /// Why it ended.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The last step moved the state by no more than the tolerance.
    case converged
    /// The limit of steps was reached.
    case stepLimit
    /// The state left every bound: the energy has no minimum that it could reach.
    case unbounded
  }

  /// The last state, n entries.
  public var state: [Double]
  /// Steps taken.
  public var steps: Int
  /// Why it ended.
  public var reason: Reason

  /// An end of a descent.
  public init(state: [Double], steps: Int, reason: Reason) {
    self.state = state
    self.steps = steps
    self.reason = reason
  }
}

extension MemoryEnergy {
  /// The norm beyond which a state counts as gone for ever; its square is still a finite number.
  private var normMax: Double { 1e150 }

  /// Iterates s(t + 1) = s(t) − γ∇ₛE(X, s(t)) from a query until a step is no longer than the tolerance.
  ///
  /// - Parameters:
  ///   - stepSize: γ; the energy never rises if it is positive and at most ``descentStepSizeMax``.
  ///   - tolerance: length of a step, in the units of the tokens.
  ///   - visit: is shown every state with its number of steps and its energy, the start and the end among them.
  public func descend(
    from query: [Double], stepSize: Double, tolerance: Double, stepsMax: Int,
    visit: (_ step: Int, _ state: [Double], _ energy: Double) -> Void = { _, _, _ in }
  ) -> DescentEnd {
    var state = query
    for step in 0...stepsMax {
      let point = evaluate(at: state)
      visit(step, state, point.value)
      if step == stepsMax { break }
      let length = stepSize.magnitude * squaredNorm(point.gradient).squareRoot()
      state = moved(state, along: point.gradient, size: stepSize)
      guard squaredNorm(state) < normMax * normMax else {
        return DescentEnd(state: state, steps: step + 1, reason: .unbounded)
      }
      if length <= tolerance {
        visit(step + 1, state, evaluate(at: state).value)
        return DescentEnd(state: state, steps: step + 1, reason: .converged)
      }
    }
    return DescentEnd(state: state, steps: stepsMax, reason: .stepLimit)
  }
}
