/// One attention layer in single precision: x̂ = W_PV m (+ x̃), where m is a weighted mean of the context that depends
/// on the query through u = W_KQ x̃ (W_Q x̃ for Gaussian attention).
///
/// Prompts are taken in small groups, so that products with the weights are matrix products over a group. In training
/// where the context is read, forward and backward of a prompt follow each other, because much of the context is then
/// still in the first-level cache: there that holds for u and the gradients of the weights alone. Grouping changes no bit
/// of a result, though the same loss may differ in its last bits between training and evaluation. The readable
/// double-precision forms that the kernel is tested against are in `Denoising/Attention`.
public final class AttentionKernel {
  /// How the context is pooled into m.
  public enum Pooling: Sendable, Hashable {
    /// m = (X Xᵀ/L) u. Takes second moments.
    case linear
    /// m = X softmax(Xᵀ u). Takes tokens.
    case softmax
    /// m = X softmax(−½‖W_K X_t − u‖²). Takes tokens.
    case gaussian
  }

  /// How the context is pooled.
  public let pooling: Pooling
  /// n.
  public let dimension: Int
  /// Whether the query is added to the output.
  public let hasResidual: Bool
  let rowVectors: Int

  // Weights: rows of W for products with Wᵀ, rows of Wᵀ for products with W.
  let value: PaddedMatrix
  let valueTransposed: PaddedMatrix
  let queryTransposed: PaddedMatrix
  let key: PaddedMatrix
  let keyTransposed: PaddedMatrix

  // Gradients of the loss.
  let dValue: PaddedMatrix
  let dQuery: PaddedMatrix
  let dKey: PaddedMatrix

  // A group's activations and their gradients, one padded row for each prompt. After the prompts of a group comes the
  // one that will be first in the next, so that it can be fetched from memory ahead.
  private let groupMax: Int
  let group: UnsafeMutablePointer<Int>
  /// Whether a backward pass follows the forward pass.
  var isTraining = false
  private let query: VectorBuffer
  let u: VectorBuffer
  let m: VectorBuffer
  private let error: VectorBuffer
  let dm: VectorBuffer
  let du: VectorBuffer
  let pool: PoolScratch

  /// Bytes of a group's second moments, which are to stay in the second-level cache.
  private static let groupBytes = 256 << 10
  /// Most prompts of a group.
  private static let groupCountMax = 32

  /// A layer with zero weights, with room for contexts of up to `contextLength` tokens.
  public init(pooling: Pooling, dimension: Int, contextLength: Int, hasResidual: Bool) {
    self.pooling = pooling
    self.dimension = dimension
    self.hasResidual = hasResidual
    rowVectors = PaddedMatrix.vectors(for: dimension)
    let keySize = pooling == .gaussian ? dimension : 0
    value = PaddedMatrix(size: dimension)
    valueTransposed = PaddedMatrix(size: dimension)
    queryTransposed = PaddedMatrix(size: dimension)
    key = PaddedMatrix(size: keySize)
    keyTransposed = PaddedMatrix(size: keySize)
    dValue = PaddedMatrix(size: dimension)
    dQuery = PaddedMatrix(size: dimension)
    dKey = PaddedMatrix(size: keySize)
    let fitting = pooling == .linear ? Self.groupBytes / (4 * dimension * dimension) : Self.groupCountMax
    groupMax = max(1, min(Self.groupCountMax, fitting))
    group = .allocate(capacity: groupMax + 1)
    group.initialize(repeating: 0, count: groupMax + 1)
    query = VectorBuffer(count: groupMax * rowVectors)
    u = VectorBuffer(count: groupMax * rowVectors)
    m = VectorBuffer(count: groupMax * rowVectors)
    error = VectorBuffer(count: groupMax * rowVectors)
    dm = VectorBuffer(count: groupMax * rowVectors)
    du = VectorBuffer(count: groupMax * rowVectors)
    pool = PoolScratch(
      pooling: pooling, dimension: dimension, contextLength: pooling == .linear ? 0 : contextLength)
  }

  deinit {
    group.deallocate()
  }

  private func hasRoom(for set: PromptSet) -> Bool { pooling == .linear || set.blocks <= pool.blocks }

  /// The row of a group's buffer that belongs to a prompt.
  @inline(__always)
  func row(_ slot: Int, of buffer: VectorBuffer) -> UnsafeMutablePointer<SIMD8<Float>> {
    buffer.base + slot &* rowVectors
  }

  /// u of the first `count` prompts of the group.
  @inline(__always)
  private func takeQueries(_ count: Int, of set: PromptSet) {
    for slot in 0..<count {
      let (source, row) = (set.query(group[slot]), row(slot, of: query))
      for vector in 0..<rowVectors { row[vector] = source[vector] }
    }
    multiply(queryTransposed, query, count, into: u)
  }

  /// m of a prompt of the group, from its u.
  @inline(__always)
  private func takeMean(_ slot: Int, of set: PromptSet) {
    // In evaluation bases and targets, short and side by side in the order of the prompts, are foreseen by the processor.
    if isTraining { set.fetchAhead(group[slot &+ 1]) }
    switch pooling {
    case .linear: poolLinear(slot, set.context(group[slot]))
    case .softmax: poolSoftmax(slot, group[slot], of: set)
    case .gaussian: poolGaussian(slot, group[slot], of: set)
    }
  }

  /// du of a prompt of the group, from its dm.
  @inline(__always)
  private func takeMeanGradient(_ slot: Int, of set: PromptSet) {
    switch pooling {
    case .linear: poolLinearBackward(slot, set.context(group[slot]))
    case .softmax: poolSoftmaxBackward(slot, group[slot], of: set)
    case .gaussian: poolGaussianBackward(slot, group[slot], of: set)
    }
  }

  /// x̂ − x of a prompt of the group, from W_PV m in its row of `error`. Returns ‖x̂ − x‖².
  @inline(__always)
  private func takeError(_ slot: Int, of set: PromptSet) -> Float {
    let target = set.target(group[slot])
    let (error, query) = (row(slot, of: error), row(slot, of: query))
    var square = SIMD8<Float>.zero
    for vector in 0..<rowVectors {
      var e = error[vector] - target[vector]
      if hasResidual { e += query[vector] }
      error[vector] = e
      square = square.addingProduct(e, e)
    }
    return square.lanesSum
  }

  /// u, m and x̂ − x of the first `count` prompts of the group; the sum of ‖x̂ − x‖² is added to `sum` in their order.
  @inline(__always)
  private func forward(_ count: Int, of set: PromptSet, addingTo sum: inout Double) {
    takeQueries(count, of: set)
    for slot in 0..<count { takeMean(slot, of: set) }
    multiply(valueTransposed, m, count, into: error)
    for slot in 0..<count { sum += Double(takeError(slot, of: set)) }
  }

  /// The same, and adds `scale` · ∂‖x̂ − x‖²/∂W to the gradients.
  @inline(__always)
  private func forwardAndBackward(_ count: Int, of set: PromptSet, scale: Float, addingTo sum: inout Double) {
    let factor = SIMD8<Float>(repeating: 2 * scale)
    let dOutput = error
    if pooling == .linear {
      forward(count, of: set, addingTo: &sum)
      for vector in 0..<(count &* rowVectors) { dOutput.base[vector] *= factor }
      multiply(value, dOutput, count, into: dm)
      for slot in 0..<count { takeMeanGradient(slot, of: set) }
    } else {
      takeQueries(count, of: set)
      for slot in 0..<count {
        takeMean(slot, of: set)
        multiplyOne(valueTransposed, row(slot, of: m), into: row(slot, of: error))
        sum += Double(takeError(slot, of: set))
        let gradient = row(slot, of: dOutput)
        for vector in 0..<rowVectors { gradient[vector] *= factor }
        multiplyOne(value, gradient, into: row(slot, of: dm))
        takeMeanGradient(slot, of: set)
      }
    }
    addOuterProducts(dOutput.floats, m.base, count: count, rows: dimension, columns: rowVectors, to: dValue.base)
    addOuterProducts(du.floats, query.base, count: count, rows: dimension, columns: rowVectors, to: dQuery.base)
  }

  @inline(__always)
  private func multiplyOne(
    _ matrix: PaddedMatrix, _ x: UnsafeMutablePointer<SIMD8<Float>>, into y: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    combineRowsInFour(matrix.base, inner: dimension, columns: rowVectors, floats(x), into: y)
  }

  @inline(__always)
  private func multiply(_ matrix: PaddedMatrix, _ x: VectorBuffer, _ count: Int, into y: VectorBuffer) {
    multiplyRows(
      matrix.base, inner: dimension, columns: rowVectors, x.floats, stride: 8 &* rowVectors, count: count, into: y.base)
  }

  /// Σ ‖x̂ − x‖² over the prompts of a range, summed in double precision in their order.
  public func squaredError(over range: Range<Int>, of set: PromptSet) -> Double {
    precondition(hasRoom(for: set), "a context is longer than the kernel was made for")
    var sum = 0.0
    isTraining = false
    var first = range.lowerBound
    while first < range.upperBound {
      let count = min(groupMax, range.upperBound &- first)
      for slot in 0..<count { group[slot] = first &+ slot }
      group[count] = min(first &+ count, set.count &- 1)
      forward(count, of: set, addingTo: &sum)
      first &+= count
    }
    return sum
  }

  /// Σ ‖x̂ − x‖² over the given prompts; adds `scale` times its gradient to the gradients.
  ///
  /// - Parameter next: the prompts of this set that will be taken after these, if that is known: the context of the first of them is
  ///   fetched ahead, as within `indices`. No result depends on it.
  public func accumulateGradient(
    over indices: ArraySlice<Int>, of set: PromptSet, scale: Float, followedBy next: ArraySlice<Int> = []
  ) -> Double {
    precondition(hasRoom(for: set), "a context is longer than the kernel was made for")
    var sum = 0.0
    isTraining = true
    var first = indices.startIndex
    while first < indices.endIndex {
      let count = min(groupMax, indices.endIndex &- first)
      for slot in 0..<count { group[slot] = indices[first &+ slot] }
      group[count] = first &+ count < indices.endIndex ? indices[first &+ count] : next.first ?? group[0]
      forwardAndBackward(count, of: set, scale: scale, addingTo: &sum)
      first &+= count
    }
    return sum
  }

  /// x̂ for one prompt.
  public func prediction(_ index: Int, of set: PromptSet) -> [Float] {
    _ = squaredError(over: index..<(index + 1), of: set)
    let target = UnsafeRawPointer(set.target(index)).assumingMemoryBound(to: Float.self)
    return (0..<dimension).map { error.floats[$0] + target[$0] }
  }
}
