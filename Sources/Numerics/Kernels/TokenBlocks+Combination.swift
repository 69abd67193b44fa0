// The weighted sum of tokens, with as many components at a time as keep both multipliers busy.

extension TokenBlocks {
  /// The weighted sum X w of the tokens, not yet added across lanes: the lanes of `sum[i]` add up to Σₜ X[i, t] w[t], and to
  /// what they were times `factor`, if there is one. Meanwhile lines are fetched from memory.
  ///
  /// Components are taken four to nine at a time: eight sums just keep two multipliers busy, and there are sixteen
  /// registers.
  @inline(__always)
  func combine(
    weights: UnsafePointer<SIMD8<Float>>, into sum: UnsafeMutablePointer<SIMD8<Float>>, keeping factor: SIMD8<Float>?,
    fetching fetch: inout ContextFetch
  ) {
    var i = 0
    while i < dimension {
      let width = Self.componentsAtATime(of: dimension &- i)
      // Each width is compiled by itself.
      switch width {
      case 9: combineMany(9, weights, component: i, into: sum + i, factor, &fetch)
      case 8: combineMany(8, weights, component: i, into: sum + i, factor, &fetch)
      case 7: combineMany(7, weights, component: i, into: sum + i, factor, &fetch)
      case 6: combineMany(6, weights, component: i, into: sum + i, factor, &fetch)
      case 5: combineMany(5, weights, component: i, into: sum + i, factor, &fetch)
      case 4: combineMany(4, weights, component: i, into: sum + i, factor, &fetch)
      default: keep(combineOne(weights, component: i, &fetch), sum + i, factor)
      }
      i &+= width
    }
  }

  /// How many of the components that are left are taken next, so that few are left to be taken alone.
  @inline(__always)
  private static func componentsAtATime(of left: Int) -> Int {
    switch left {
    case ...3: 1
    case 4...9: left
    case 10: 5
    case 11: 6
    default: 8
    }
  }

  @inline(__always)
  private func keep(_ new: SIMD8<Float>, _ sum: UnsafeMutablePointer<SIMD8<Float>>, _ factor: SIMD8<Float>?) {
    if let factor { sum.pointee = new.addingProduct(sum.pointee, factor) } else { sum.pointee = new }
  }

  @inline(__always)
  private func combineMany(
    _ width: Int, _ weights: UnsafePointer<SIMD8<Float>>, component: Int,
    into sum: UnsafeMutablePointer<SIMD8<Float>>, _ factor: SIMD8<Float>?, _ fetch: inout ContextFetch
  ) {
    var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (s4, s5, s6, s7, s8) = (s0, s0, s0, s0, s0)
    var tokens = base + component
    // A copy, since what is `inout` stays in memory.
    var local = fetch
    for block in 0..<blocks {
      local.fetchWithSums(of: width &* MemoryLayout<SIMD8<Float>>.stride)
      let w = weights[block]
      s0 = s0.addingProduct(tokens[0], w)
      s1 = s1.addingProduct(tokens[1], w)
      s2 = s2.addingProduct(tokens[2], w)
      s3 = s3.addingProduct(tokens[3], w)
      if width > 4 { s4 = s4.addingProduct(tokens[4], w) }
      if width > 5 { s5 = s5.addingProduct(tokens[5], w) }
      if width > 6 { s6 = s6.addingProduct(tokens[6], w) }
      if width > 7 { s7 = s7.addingProduct(tokens[7], w) }
      if width > 8 { s8 = s8.addingProduct(tokens[8], w) }
      tokens += dimension
    }
    fetch = local
    keep(s0, sum, factor)
    keep(s1, sum + 1, factor)
    keep(s2, sum + 2, factor)
    keep(s3, sum + 3, factor)
    if width > 4 { keep(s4, sum + 4, factor) }
    if width > 5 { keep(s5, sum + 5, factor) }
    if width > 6 { keep(s6, sum + 6, factor) }
    if width > 7 { keep(s7, sum + 7, factor) }
    if width > 8 { keep(s8, sum + 8, factor) }
  }

  /// One component: four chains of blocks, so that the sum does not wait for itself.
  @inline(__always)
  private func combineOne(
    _ weights: UnsafePointer<SIMD8<Float>>, component: Int, _ fetch: inout ContextFetch
  ) -> SIMD8<Float> {
    let n = dimension
    let blocks = blocks
    var (s0, s1, s2, s3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var tokens = base + component
    var block = 0
    while block &+ 4 <= blocks {
      fetch.fetchWithSums(of: 4 &* MemoryLayout<SIMD8<Float>>.stride)
      s0 = s0.addingProduct(tokens[0], weights[block])
      s1 = s1.addingProduct(tokens[n], weights[block &+ 1])
      s2 = s2.addingProduct(tokens[2 &* n], weights[block &+ 2])
      s3 = s3.addingProduct(tokens[3 &* n], weights[block &+ 3])
      tokens += 4 &* n
      block &+= 4
    }
    while block < blocks {
      s0 = s0.addingProduct(tokens[0], weights[block])
      tokens += n
      block &+= 1
    }
    return (s0 + s1) + (s2 + s3)
  }
}
