// How a context and u = W x̃ give m, and how dm gives du: forward and backward of each form side by side.
extension AttentionKernel {
  /// m = S u with S = X Xᵀ/L, n × n and symmetric.
  @inline(__always)
  func poolLinear(_ secondMoment: UnsafePointer<SIMD8<Float>>) {
    combinePaddedRows(secondMoment, size: dimension, rowVectors: rowVectors, u.floats, into: m.base)
  }

  /// du = S dm.
  @inline(__always)
  func poolLinearBackward(_ secondMoment: UnsafePointer<SIMD8<Float>>) {
    combinePaddedRows(secondMoment, size: dimension, rowVectors: rowVectors, dm.floats, into: du.base)
  }

  /// a = softmax(Xᵀ u), m = X a.
  @inline(__always)
  func poolSoftmax(_ tokens: TokenBlocks) {
    tokens.project(onto: u.floats, into: weights.base)
    tokens.softmax(weights.base)
    tokens.combine(weights: weights.base, into: m.floats)
  }

  /// du = X ds with ds = a ∘ (Xᵀ dm − m·dm).
  @inline(__always)
  func poolSoftmaxBackward(_ tokens: TokenBlocks) {
    scoreGradient(tokens)
    tokens.combine(weights: scratch.base, into: du.floats)
  }

  /// a = softmax(−½‖W_K X_t − u‖²), m = X a.
  @inline(__always)
  func poolGaussian(_ tokens: TokenBlocks) {
    let blocks = tokens.blocks
    for block in 0..<blocks { weights.base[block] = .zero }
    for i in 0..<dimension {
      tokens.project(onto: key.rowFloats(i), into: scratch.base)
      let centre = SIMD8<Float>(repeating: u.floats[i])
      for block in 0..<blocks {
        let distance = scratch.base[block] - centre
        weights.base[block] = weights.base[block].addingProduct(distance * -0.5, distance)
      }
    }
    tokens.softmax(weights.base)
    tokens.combine(weights: weights.base, into: m.floats)
  }

  /// With ds as for softmax, whose sum is zero, and the moments r = X ds and Q = X diag(ds) Xᵀ:
  /// du = W_K r and dW_K += u rᵀ − W_K Q.
  @inline(__always)
  func poolGaussianBackward(_ tokens: TokenBlocks) {
    scoreGradient(tokens)
    tokens.combine(weights: scratch.base, into: moment.floats)
    keyTransposed.combineRows(moment.floats, into: du.base)
    let blocks = tokens.blocks
    for i in 0..<dimension {
      for block in 0..<blocks {
        weights.base[block] = scratch.base[block] * tokens.base[block &* dimension &+ i]
      }
      tokens.combine(weights: weights.base, into: outer.rowFloats(i))
    }
    for i in 0..<dimension {
      outer.combineRows(key.rowFloats(i), into: dm.base)
      let row = dKey.row(i)
      let scale = SIMD8<Float>(repeating: u.floats[i])
      for vector in 0..<rowVectors { row[vector] += (moment.base[vector] * scale) - dm.base[vector] }
    }
  }

  /// ds = a ∘ (Xᵀ dm − m·dm), into `scratch`; lanes past the last token have a = 0 and so ds = 0.
  @inline(__always)
  private func scoreGradient(_ tokens: TokenBlocks) {
    tokens.project(onto: dm.floats, into: scratch.base)
    var product = SIMD8<Float>.zero
    for vector in 0..<rowVectors { product = product.addingProduct(m.base[vector], dm.base[vector]) }
    let mean = SIMD8<Float>(repeating: product.lanesSum)
    for block in 0..<tokens.blocks {
      scratch.base[block] = weights.base[block] * (scratch.base[block] - mean)
    }
  }
}
