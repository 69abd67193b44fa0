/// One attention layer in single precision: x̂ = W_PV m (+ x̃), where m is a weighted mean of the context that depends
/// on the query through u = W_KQ x̃ (W_Q x̃ for Gaussian attention).
///
/// Forward and backward stand side by side; the readable double-precision forms that they are tested against are in
/// `Denoising/Attention`.
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
  private let valueTransposed: PaddedMatrix
  private let queryTransposed: PaddedMatrix
  let key: PaddedMatrix
  let keyTransposed: PaddedMatrix

  // Gradients of the loss.
  let dValue: PaddedMatrix
  let dQuery: PaddedMatrix
  let dKey: PaddedMatrix

  // One prompt's activations and their gradients.
  let u: VectorBuffer
  let m: VectorBuffer
  private let error: VectorBuffer
  let dm: VectorBuffer
  let du: VectorBuffer
  let weights: VectorBuffer
  let scratch: VectorBuffer
  let moment: VectorBuffer
  let outer: PaddedMatrix

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
    outer = PaddedMatrix(size: keySize)
    u = VectorBuffer(count: rowVectors)
    m = VectorBuffer(count: rowVectors)
    error = VectorBuffer(count: rowVectors)
    dm = VectorBuffer(count: rowVectors)
    du = VectorBuffer(count: rowVectors)
    moment = VectorBuffer(count: rowVectors)
    let blocks = pooling == .linear ? 0 : TokenBlocks.blocks(for: contextLength)
    weights = VectorBuffer(count: blocks)
    scratch = VectorBuffer(count: blocks)
  }

  /// Sets the weights from row-major n × n matrices: W_PV, W_KQ (W_Q for Gaussian attention) and, for Gaussian
  /// attention, W_K.
  public func setWeights(value: [Float], query: [Float], key: [Float]?) {
    self.value.load(value, transposed: false)
    valueTransposed.load(value, transposed: true)
    queryTransposed.load(query, transposed: true)
    guard let key else { return }
    self.key.load(key, transposed: false)
    keyTransposed.load(key, transposed: true)
  }

  /// Sets the gradients to zero.
  public func clearGradients() {
    dValue.buffer.clear()
    dQuery.buffer.clear()
    dKey.buffer.clear()
  }

  /// The gradients, in the order and form of ``setWeights(value:query:key:)``.
  public func gradients() -> (value: [Float], query: [Float], key: [Float]?) {
    (values(of: dValue), values(of: dQuery), pooling == .gaussian ? values(of: dKey) : nil)
  }

  private func values(of matrix: PaddedMatrix) -> [Float] {
    var values = [Float](repeating: 0, count: dimension * dimension)
    values.withUnsafeMutableBufferPointer { pointer in
      if let base = pointer.baseAddress { matrix.store(into: base) }
    }
    return values
  }

  /// ‖x̂ − x‖² of one prompt.
  @inline(__always)
  private func forward(_ index: Int, of set: PromptSet) -> Float {
    let query = set.query(index)
    let target = set.target(index)
    queryTransposed.combineRows(floats(query), into: u.base)
    switch pooling {
    case .linear: poolLinear(set.context(index))
    case .softmax: poolSoftmax(set.tokens(index))
    case .gaussian: poolGaussian(set.tokens(index))
    }
    valueTransposed.combineRows(m.floats, into: error.base)
    var sum = SIMD8<Float>.zero
    for vector in 0..<rowVectors {
      var e = error.base[vector] - target[vector]
      if hasResidual { e += query[vector] }
      error.base[vector] = e
      sum = sum.addingProduct(e, e)
    }
    return sum.lanesSum
  }

  /// Adds `scale` · ∂‖x̂ − x‖²/∂W to the gradients, after ``forward(_:of:)`` on the same prompt.
  @inline(__always)
  private func backward(_ index: Int, of set: PromptSet, scale: Float) {
    let dOutput = error
    for vector in 0..<rowVectors { dOutput.base[vector] *= 2 * scale }
    dValue.addOuterProduct(dOutput.floats, m.base)
    value.combineRows(dOutput.floats, into: dm.base)
    switch pooling {
    case .linear: poolLinearBackward(set.context(index))
    case .softmax: poolSoftmaxBackward(set.tokens(index))
    case .gaussian: poolGaussianBackward(set.tokens(index))
    }
    dQuery.addOuterProduct(du.floats, set.query(index))
  }

  /// Σ ‖x̂ − x‖² over the prompts of a range, summed in double precision in their order.
  public func squaredError(over range: Range<Int>, of set: PromptSet) -> Double {
    var sum = 0.0
    for index in range { sum += Double(forward(index, of: set)) }
    return sum
  }

  /// Σ ‖x̂ − x‖² over the given prompts; adds `scale` times its gradient to the gradients.
  public func accumulateGradient(over indices: ArraySlice<Int>, of set: PromptSet, scale: Float) -> Double {
    var sum = 0.0
    for index in indices {
      sum += Double(forward(index, of: set))
      backward(index, of: set, scale: scale)
    }
    return sum
  }

  /// x̂ for one prompt.
  public func prediction(_ index: Int, of set: PromptSet) -> [Float] {
    _ = forward(index, of: set)
    let target = floats(set.target(index))
    return (0..<dimension).map { error.floats[$0] + target[$0] }
  }

  @inline(__always)
  private func floats(_ vectors: UnsafePointer<SIMD8<Float>>) -> UnsafePointer<Float> {
    UnsafeRawPointer(vectors).assumingMemoryBound(to: Float.self)
  }
}
