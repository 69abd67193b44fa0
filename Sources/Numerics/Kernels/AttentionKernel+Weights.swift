// Weights into the kernel, gradients out of it. In flat form the matrices stand row-major one after the other: W_PV,
// W_KQ (W_Q for Gaussian attention) and, for Gaussian attention, W_K.
extension AttentionKernel {
  /// Number of weight matrices.
  public var matrixCount: Int { pooling == .gaussian ? 3 : 2 }

  /// Sets the weights from their flat form.
  public func setWeights(_ weights: UnsafePointer<Float>) {
    let entries = dimension &* dimension
    value.load(weights)
    valueTransposed.loadTransposed(weights)
    queryTransposed.loadTransposed(weights + entries)
    guard pooling == .gaussian else { return }
    key.load(weights + 2 &* entries)
    keyTransposed.loadTransposed(weights + 2 &* entries)
  }

  /// Sets each weight matrix to a multiple of the identity, ``matrixCount`` factors in the order of the flat form.
  public func setScales(_ scales: UnsafePointer<Float>) {
    value.loadIdentity(times: scales[0])
    valueTransposed.loadIdentity(times: scales[0])
    queryTransposed.loadIdentity(times: scales[1])
    guard pooling == .gaussian else { return }
    key.loadIdentity(times: scales[2])
    keyTransposed.loadIdentity(times: scales[2])
  }

  /// Sets the weights from row-major n × n matrices: W_PV, W_KQ (W_Q for Gaussian attention) and, for Gaussian
  /// attention, W_K.
  public func setWeights(value: [Float], query: [Float], key: [Float]?) { setWeights(value + query + (key ?? [])) }

  /// Sets the gradients to zero.
  public func clearGradients() {
    dValue.buffer.clear()
    dQuery.buffer.clear()
    dKey.buffer.clear()
  }

  /// Writes the gradients in flat form.
  public func copyGradients(into gradients: UnsafeMutablePointer<Float>) {
    let entries = dimension &* dimension
    dValue.store(into: gradients)
    dQuery.store(into: gradients + entries)
    if pooling == .gaussian { dKey.store(into: gradients + 2 &* entries) }
  }

  /// Writes the traces of the gradients, which are the gradients of the factors of ``setScales(_:)``.
  public func copyGradientTraces(into traces: UnsafeMutablePointer<Float>) {
    traces[0] = dValue.trace
    traces[1] = dQuery.trace
    if pooling == .gaussian { traces[2] = dKey.trace }
  }

  /// The gradients, in the order and form of ``setWeights(value:query:key:)``.
  public func gradients() -> (value: [Float], query: [Float], key: [Float]?) {
    func entries(_ matrix: PaddedMatrix) -> [Float] {
      [Float](unsafeUninitializedCapacity: dimension * dimension) { buffer, count in
        if let base = buffer.baseAddress { matrix.store(into: base) }
        count = dimension * dimension
      }
    }
    return (entries(dValue), entries(dQuery), pooling == .gaussian ? entries(dKey) : nil)
  }
}
