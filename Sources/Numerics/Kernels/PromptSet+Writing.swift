// How prompts get into a set.
extension PromptSet {
  /// Writes what does not depend on the context.
  ///
  /// - Parameters:
  ///   - query: x̃, n entries.
  ///   - target: what is to be predicted, n entries.
  public func setQuery(_ index: Int, query: [Float], target: [Float]) {
    let offset = index &* rowVectors &* 8
    for i in 0..<dimension {
      queries.floats[offset &+ i] = query[i]
      targets.floats[offset &+ i] = target[i]
    }
  }

  /// Where the tokens of a prompt go, in the layout of ``TokenBlocks``; for sets that keep them.
  public func tokens(_ index: Int) -> UnsafeMutablePointer<SIMD8<Float>> { contexts.base + index &* contextStride }

  /// Says in which basis a prompt's tokens are given: B, n × `rank`, row-major.
  public func setBasis(_ index: Int, _ basis: [Float], rank: Int) {
    setRank(rank, of: index)
    guard contextForm == .tokens else { return }
    let rows = UnsafeMutableRawPointer(self.basis(index)).assumingMemoryBound(to: Float.self)
    let columns = UnsafeMutableRawPointer(transposedBasis(index)).assumingMemoryBound(to: Float.self)
    for i in 0..<dimension {
      for k in 0..<rank {
        rows[i &* rankVectors &* 8 &+ k] = basis[i &* rank &+ k]
        columns[k &* rowVectors &* 8 &+ i] = basis[i &* rank &+ k]
      }
    }
  }

  /// Writes the second moment of a context.
  ///
  /// - Parameters:
  ///   - moment: C Cᵀ/L, `rank` × `rank`, row-major.
  ///   - basis: B, n × `rank`, row-major, for tokens B C; nothing for tokens C.
  public func setSecondMoment(_ index: Int, _ moment: [Double], rank: Int, basis: [Float]?) {
    let out = UnsafeMutableRawPointer(contexts.base + index &* contextStride).assumingMemoryBound(to: Float.self)
    let stride = rowVectors &* 8
    for i in 0..<(dimension &* stride) { out[i] = 0 }
    guard let basis else {
      for i in 0..<dimension {
        for j in 0..<dimension { out[i &* stride &+ j] = Float(moment[i &* rank &+ j]) }
      }
      return
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rank) { row in
      for i in 0..<dimension {
        for k in 0..<rank { row[k] = 0 }
        for l in 0..<rank {
          let b = Double(basis[i &* rank &+ l])
          for k in 0..<rank { row[k] += b * moment[l &* rank &+ k] }
        }
        for j in 0...i {
          var sum = 0.0
          for k in 0..<rank { sum += row[k] * Double(basis[j &* rank &+ k]) }
          out[i &* stride &+ j] = Float(sum)
          out[j &* stride &+ i] = Float(sum)
        }
      }
    }
  }

  /// X Xᵀ/L of a prompt, for sets that keep second moments.
  public func secondMoment(_ index: Int) -> Matrix {
    var moment = Matrix(rows: dimension, columns: dimension)
    let entries = UnsafeRawPointer(context(index)).assumingMemoryBound(to: Float.self)
    for i in 0..<dimension {
      for j in 0..<dimension { moment[i, j] = Double(entries[i &* rowVectors &* 8 &+ j]) }
    }
    return moment
  }
}
