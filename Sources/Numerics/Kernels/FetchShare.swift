import CIntrinsics

/// Which cache lines a pass over one stretch of memory asks for of another, which will be read soon.
///
/// The processor cannot foresee where the next prompt lies, since the order of a batch is random. A request for each line
/// at once would fill the queue of outstanding reads, so requests are spread over the arithmetic, and over both passes.
@usableFromInline
enum FetchShare {
  /// No line.
  case nothing
  /// Lines 0, 2, 4, …
  case even
  /// Lines 1, 3, 5, …
  case odd
  /// Every line.
  case all

  /// Bytes of a cache line.
  static let lineBytes = 64

  /// Asks for this share of the pair of lines at an address. Never faults, and changes no result.
  @inline(__always)
  func fetch(_ pair: UnsafeRawPointer) {
    if self == .even || self == .all { icd_prefetch(pair) }
    if self == .odd || self == .all { icd_prefetch(pair + Self.lineBytes) }
  }
}
