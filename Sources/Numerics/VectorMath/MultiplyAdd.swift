import CIntrinsics

// In this module `addingProduct` of whole vectors is the processor's. That of the standard library takes the lanes one by
// one, and leaves it to the compiler to find the vectors again. The results are the same.

extension SIMD8 where Scalar == Float {
  /// self + x y, rounded once.
  @inline(__always)
  func addingProduct(_ x: SIMD8<Float>, _ y: SIMD8<Float>) -> SIMD8<Float> { icd_multiply_add(x, y, self) }
}

extension SIMD16 where Scalar == Float {
  /// self + x y, rounded once.
  @inline(__always)
  func addingProduct(_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> SIMD16<Float> { icd_multiply_add_16(x, y, self) }
}
