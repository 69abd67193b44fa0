import CIntrinsics

// Fetching from memory what belongs to a prompt beside its context.
extension PromptSet {
  /// Asks for the bases and the target of a prompt that comes next.
  @inline(__always)
  func fetchAhead(_ index: Int) {
    fetchLines(target(index), vectors: rowVectors)
    guard hasBases, contextForm == .tokens else { return }
    fetchLines(basis(index), vectors: dimension &* rankVectors)
    fetchLines(transposedBasis(index), vectors: rank(index) &* rowVectors)
  }

  /// The lines of so many vectors, of a long stretch only the first: the processor foresees how that goes on.
  @inline(__always)
  private func fetchLines(_ base: UnsafePointer<SIMD8<Float>>, vectors: Int) {
    for vector in stride(from: 0, to: min(vectors, fetchedVectorsMax), by: vectorsPerLine) {
      icd_prefetch(base + vector)
    }
  }
}

/// Two kilobytes.
private let fetchedVectorsMax = 64

private let vectorsPerLine = ContextFetch.lineBytes / MemoryLayout<SIMD8<Float>>.stride
