import Numerics

/// An optimizer with its memory, in single precision as in the frameworks that it is compared with.
package struct OptimizerState {
  private let optimizer: Optimizer
  /// First moment of the gradient (Adam), or velocity (SGD).
  private var mu: [Float]
  /// Second moment of the gradient (Adam only).
  private var nu: [Float]
  /// β₁ᵗ and β₂ᵗ after t steps.
  private var beta1Power = 1.0
  private var beta2Power = 1.0

  /// An optimizer before its first step on so many parameters.
  package init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    mu = [Float](repeating: 0, count: count)
    nu = [Float](repeating: 0, count: count)
  }

  /// Moves the parameters by one step against the gradient.
  package mutating func step(_ parameters: inout [Float], gradient: [Float], learningRate: Double) {
    switch optimizer {
    case .adam(let beta1, let beta2, let epsilon):
      adamStep(&parameters, gradient, learningRate, beta1, beta2, epsilon)
    case .sgd(let momentum):
      let decay = Float(momentum)
      let rate = Float(learningRate)
      for i in parameters.indices {
        mu[i] = decay * mu[i] + gradient[i]
        parameters[i] -= rate * mu[i]
      }
    }
  }

  /// Kingma and Ba (2015), Algorithm 1, with ε outside the bias correction of the second moment as they have it:
  /// w ← w − η μ̂ / (√ν̂ + ε).
  private mutating func adamStep(
    _ parameters: inout [Float], _ gradient: [Float], _ learningRate: Double, _ beta1: Double, _ beta2: Double,
    _ epsilon: Double
  ) {
    beta1Power *= beta1
    beta2Power *= beta2
    let step = OptimizerSteps.Adam(
      beta1: beta1, beta2: beta2, epsilon: epsilon, learningRate: learningRate, beta1Power: beta1Power,
      beta2Power: beta2Power)
    let count = parameters.count
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradient.withUnsafeBufferPointer { gradient in
        mu.withUnsafeMutableBufferPointer { mu in
          nu.withUnsafeMutableBufferPointer { nu in
            guard let w = parameters.baseAddress, let g = gradient.baseAddress, let m = mu.baseAddress,
              let v = nu.baseAddress
            else { return }
            OptimizerSteps.adam(step, w, gradient: g, mu: m, nu: v, count: count)
          }
        }
      }
    }
  }
}
