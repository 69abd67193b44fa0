/// The loss of scaled-identity attention, W_PV = α I and W_KQ = β I, summed over prompts: for each β a quadratic in α,
/// so that one pass over the contexts for each β gives every α.
public struct LossLandscape: Sendable, Hashable {
  /// The sums that belong to one β: Σ ‖α m(β) + r − x‖² = `square` α² + 2 `cross` α + `constant`, where r is the query
  /// if there is a residual and zero if not.
  public struct Section: Sendable, Hashable {
    /// β.
    public var keyQueryScale: Double
    /// Σ ‖m(β)‖².
    public var square: Double
    /// Σ m(β)·(r − x).
    public var cross: Double
    /// Σ ‖r − x‖².
    public var constant: Double

    /// Σ ‖x̂ − x‖² at α.
    public func squaredError(valueScale: Double) -> Double {
      (square * valueScale + 2 * cross) * valueScale + constant
    }

    /// The α at which the loss is least for this β; 0 where α does not matter.
    public var bestValueScale: Double { square > 0 ? -cross / square : 0 }
  }

  /// One section for each β, in the order in which they were asked for.
  public var sections: [Section]
  /// Prompts times components: what sums are divided by for a loss per component.
  public var terms: Double

  /// The mean loss per component at α and the β of a section.
  public func loss(valueScale: Double, section: Int) -> Double {
    sections[section].squaredError(valueScale: valueScale) / terms
  }

  /// The landscape over two stretches of prompts, taken at the same values of β.
  public func adding(_ other: LossLandscape) -> LossLandscape {
    precondition(sections.map(\.keyQueryScale) == other.sections.map(\.keyQueryScale), "not the same values of β")
    var sum = LossLandscape(sections: sections, terms: terms + other.terms)
    for (place, section) in other.sections.enumerated() {
      sum.sections[place].square += section.square
      sum.sections[place].cross += section.cross
      sum.sections[place].constant += section.constant
    }
    return sum
  }
}

extension AttentionKernel {
  /// The landscape of W_PV = α I and W_KQ = β I over the prompts of a set (for Gaussian attention W_Q = β I, W_K as it is
  /// set).
  ///
  /// Each prompt's context is pooled for all β before the next is read, so that contexts come from memory once. Linear
  /// attention, whose m is β S x̃, is pooled once. The weights that were set are not used, but for W_K.
  ///
  /// - Parameter scales: the values of β.
  public func landscape(keyQueryScales scales: [Double], over range: Range<Int>, of set: PromptSet) -> LossLandscape {
    var sections = scales.map { LossLandscape.Section(keyQueryScale: $0, square: 0, cross: 0, constant: 0) }
    isTraining = false
    for index in range {
      group[1] = min(index &+ 1, set.count &- 1)
      if pooling == .linear { poolScaled(by: 1, index, of: set) }
      for (place, scale) in scales.enumerated() {
        if pooling != .linear { poolScaled(by: Float(scale), index, of: set) }
        let factor = pooling == .linear ? scale : 1
        let (square, cross, constant) = sums(index, of: set)
        sections[place].square += factor * factor * square
        sections[place].cross += factor * cross
        sections[place].constant += constant
      }
    }
    return LossLandscape(sections: sections, terms: Double(range.count) * Double(dimension))
  }

  /// m for u = β x̃, into the first row of the group.
  @inline(__always)
  private func poolScaled(by scale: Float, _ index: Int, of set: PromptSet) {
    let (u, query) = (row(0, of: u), set.query(index))
    for vector in 0..<rowVectors { u[vector] = query[vector] * scale }
    switch pooling {
    case .linear: poolLinear(0, set.context(index))
    case .softmax: poolSoftmax(0, index, of: set)
    case .gaussian: poolGaussian(0, index, of: set)
    }
  }

  /// ‖m‖², m·(r − x) and ‖r − x‖² of one prompt, in double precision.
  @inline(__always)
  private func sums(_ index: Int, of set: PromptSet) -> (square: Double, cross: Double, constant: Double) {
    let (m, target, query) = (floats(row(0, of: m)), set.targetFloats(index), set.queryFloats(index))
    var (square, cross, constant) = (0.0, 0.0, 0.0)
    for i in 0..<dimension {
      let mean = Double(m[i])
      let rest = (hasResidual ? Double(query[i]) : 0) - Double(target[i])
      square += mean * mean
      cross += mean * rest
      constant += rest * rest
    }
    return (square, cross, constant)
  }
}

extension PromptSet {
  @inline(__always)
  fileprivate func targetFloats(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(targets.floats + index &* rowVectors &* 8)
  }

  @inline(__always)
  fileprivate func queryFloats(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(queries.floats + index &* rowVectors &* 8)
  }
}
