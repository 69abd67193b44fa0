import CIntrinsics

/// Optimizer steps on flat parameters, eight at a time; entries past the last whole vector one by one, by the same
/// operations.
public enum OptimizerSteps {
  /// The constants of one step of Adam.
  public struct Adam: Sendable {
    /// β₁ and β₂.
    public var (beta1, beta2): (Float, Float)
    /// 1 − β₁ and 1 − β₂.
    public var (rest1, rest2): (Float, Float)
    /// η / (1 − β₁ᵗ).
    public var rate: Float
    /// √(1 − β₂ᵗ).
    public var correction: Float
    /// ε.
    public var epsilon: Float

    /// The constants of step t.
    public init(
      beta1: Double, beta2: Double, epsilon: Double, learningRate: Double, beta1Power: Double, beta2Power: Double
    ) {
      (self.beta1, self.beta2) = (Float(beta1), Float(beta2))
      (rest1, rest2) = (Float(1 - beta1), Float(1 - beta2))
      rate = Float(learningRate / (1 - beta1Power))
      correction = Float((1 - beta2Power).squareRoot())
      self.epsilon = Float(epsilon)
    }
  }

  /// μ ← β₁ μ + (1 − β₁) g, ν ← β₂ ν + (1 − β₂) g², w ← w − η μ̂ / (√ν̂ + ε), for `count` entries of each.
  public static func adam(
    _ step: Adam, _ w: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, mu: UnsafeMutablePointer<Float>,
    nu: UnsafeMutablePointer<Float>, count: Int
  ) {
    var i = 0
    while i &+ 8 <= count {
      let g = load(gradient + i)
      let first = load(mu + i) * step.beta1 + g * step.rest1
      let second = load(nu + i) * step.beta2 + (g * g) * step.rest2
      let change = (first * step.rate) / (icd_square_root(second) / step.correction + step.epsilon)
      store(first, mu + i)
      store(second, nu + i)
      store(load(w + i) - change, w + i)
      i &+= 8
    }
    while i < count {
      let g = gradient[i]
      mu[i] = mu[i] * step.beta1 + g * step.rest1
      nu[i] = nu[i] * step.beta2 + (g * g) * step.rest2
      w[i] -= (mu[i] * step.rate) / (nu[i].squareRoot() / step.correction + step.epsilon)
      i &+= 1
    }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  private static func store(_ vector: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Float>.self)
  }
}
