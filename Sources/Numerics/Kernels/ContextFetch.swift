import CIntrinsics

/// The cache lines of contexts that the passes over one context ask for meanwhile, because they will be read soon.
///
/// The processor cannot foresee where the next prompt lies, since the order of a batch is random. Where requests come
/// faster than memory answers they are dropped, so they are spread over the arithmetic: over the exponentials, over the
/// weighted mean, and in training over that of the backward pass. In training lines are asked for in the order in which
/// they will be read, and each only half a context and a tile earlier, so that of two contexts little more than one and a
/// half must fit into the second-level cache.
struct ContextFetch {
  /// The next line that is asked for, and the end of what is due.
  private var (line, due): (UnsafeRawPointer, UnsafeRawPointer)
  /// How many tiles ask for lines of the context that is being read, before the others ask for those of the next one.
  private var ownTiles: Int
  private let next: UnsafeRawPointer
  /// Eighths of a byte that are asked for with each byte of a tile, while its exponentials are taken and while it is
  /// summed.
  private let (exponentialEighths, sumEighths): (Int, Int)

  /// A fetch from `line` on, which goes on at `next` after so many tiles.
  @inline(__always)
  private init(
    from line: UnsafeRawPointer, tiles: Int = .max, thenFrom next: UnsafeRawPointer, exponentialEighths: Int,
    sumEighths: Int
  ) {
    (self.line, due, ownTiles, self.next) = (line, line, tiles, next)
    (self.exponentialEighths, self.sumEighths) = (exponentialEighths, sumEighths)
  }

  /// Longer contexts are fetched by a distance ahead: two of them, or in training one and a half, do not fit into the
  /// second-level cache, of which most processors have a mebibyte.
  private static let contextBytesMax = 640 << 10
  /// Two tiles.
  private static let distanceBytes = 40 << 10
  /// Bytes of a cache line.
  private static let lineBytes = 64

  /// No fetching.
  @inline(__always)
  static func none(_ context: UnsafeRawPointer) -> ContextFetch {
    ContextFetch(from: context, thenFrom: context, exponentialEighths: 0, sumEighths: 0)
  }

  /// What evaluation asks for while it reads `bytes` of a context: the next one.
  @inline(__always)
  static func evaluation(_ context: UnsafeRawPointer, bytes: Int, next: UnsafeRawPointer) -> ContextFetch {
    let line = bytes > contextBytesMax ? context + distanceBytes : next
    return ContextFetch(from: line, thenFrom: next, exponentialEighths: 4, sumEighths: 4)
  }

  /// What the forward pass of training asks for: the rest of the context, and then the next one.
  ///
  /// Before a tile's scores are taken, the whole tile must be there. If j = ⌊bytes/tile⌋ − 1 tiles ask for the rest of the
  /// context, five eighths of a tile each, that is so if all but 5j/8 tiles of it were asked for before.
  @inline(__always)
  static func forward(
    _ context: UnsafeRawPointer, bytes: Int, tileBytes: Int, next: UnsafeRawPointer
  ) -> ContextFetch {
    if bytes > contextBytesMax { return evaluation(context, bytes: bytes, next: next) }
    let ownTiles = ownTiles(bytes, tileBytes)
    return ContextFetch(
      from: context + (bytes &- ownTiles &* tileBytes &* 5 / 8), tiles: ownTiles, thenFrom: next,
      exponentialEighths: 2, sumEighths: 3)
  }

  /// What the backward pass of training asks for: more of the next context, from where the forward pass left off.
  @inline(__always)
  static func backward(
    _ context: UnsafeRawPointer, bytes: Int, tileBytes: Int, next: UnsafeRawPointer
  ) -> ContextFetch {
    if bytes > contextBytesMax {
      return ContextFetch(
        from: context + distanceBytes, thenFrom: context, exponentialEighths: 0, sumEighths: 8)
    }
    return ContextFetch(
      from: next + (bytes &- ownTiles(bytes, tileBytes) &* tileBytes) &* 5 / 8, thenFrom: next,
      exponentialEighths: 0, sumEighths: 3)
  }

  @inline(__always)
  private static func ownTiles(_ bytes: Int, _ tileBytes: Int) -> Int { max(0, bytes / tileBytes &- 1) }

  /// Says that a tile is about to be read.
  @inline(__always)
  mutating func beginTile() {
    if ownTiles == 0 { (line, due) = (next, next) }
    ownTiles &-= 1
  }

  /// Asks for the lines that are due with the exponentials of so many bytes of a tile.
  @inline(__always)
  mutating func fetchWithExponentials(of bytes: Int) { fetch(bytes &* exponentialEighths / 8) }

  /// Asks for the lines that are due with the summation of so many bytes of a tile.
  @inline(__always)
  mutating func fetchWithSums(of bytes: Int) { fetch(bytes &* sumEighths / 8) }

  /// Never faults, and changes no result.
  @inline(__always)
  private mutating func fetch(_ bytes: Int) {
    due += bytes
    while line < due {
      icd_prefetch(line)
      line += Self.lineBytes
    }
  }
}
