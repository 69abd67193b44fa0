import CIntrinsics

/// The cache lines of contexts that the passes over one context ask for meanwhile, because they will be read soon.
///
/// The processor cannot foresee where the next prompt lies, since the order of a batch is random. Where requests come
/// faster than memory answers they are dropped, so they are spread over the arithmetic: over the exponentials, over the
/// weighted mean, and in training over that of the backward pass.
struct ContextFetch {
  /// A context, as far as fetching goes.
  struct Stretch {
    /// Where it begins, and where the next one does.
    let (context, next): (UnsafeRawPointer, UnsafeRawPointer)
    /// Bytes of it, and of a tile.
    let (bytes, tileBytes): (Int, Int)

    /// Whether one and a half contexts are too much for the second-level cache, of which most processors have a mebibyte.
    @inline(__always)
    var isLong: Bool { bytes > 640 << 10 }

    /// Number of tiles.
    @inline(__always)
    var tiles: Int { (bytes &+ tileBytes &- 1) / tileBytes }
  }

  /// Which lines are asked for while a tile is read.
  private enum Order {
    /// Those after the last ones; from the given tile on, those of the next context.
    case consecutive(ownTiles: Int)
    /// Those of the tile after the next; at the end of a context, of the next one.
    case ahead
    /// On the way back, those of the tile before the last; at the beginning of a context, of the next one.
    case back
  }

  private let stretch: Stretch
  private let order: Order
  /// Eighths of a byte that are asked for with each byte of a tile, while its exponentials are taken and while it is
  /// summed.
  private let (exponentialEighths, sumEighths): (Int, Int)
  /// The next line that is asked for, and the end of what is due.
  private var (line, due): (UnsafeRawPointer, UnsafeRawPointer)

  @inline(__always)
  private init(
    _ stretch: Stretch, _ order: Order, from line: UnsafeRawPointer, exponentialEighths: Int, sumEighths: Int
  ) {
    (self.stretch, self.order, self.line, due) = (stretch, order, line, line)
    (self.exponentialEighths, self.sumEighths) = (exponentialEighths, sumEighths)
  }

  /// No fetching; any address will do.
  @inline(__always)
  static func none(_ address: UnsafeRawPointer) -> ContextFetch {
    ContextFetch(
      Stretch(context: address, next: address, bytes: 0, tileBytes: 0), .consecutive(ownTiles: .max), from: address,
      exponentialEighths: 0, sumEighths: 0)
  }

  /// What evaluation asks for: the next context.
  @inline(__always)
  static func evaluation(_ stretch: Stretch) -> ContextFetch {
    let order = stretch.isLong ? Order.ahead : .consecutive(ownTiles: .max)
    return ContextFetch(stretch, order, from: stretch.next, exponentialEighths: 4, sumEighths: 4)
  }

  /// What the forward pass of training asks for: the rest of the context, and then the next one. Lines are asked for in the
  /// order in which they will be read, so that of two contexts little more than one and a half must be in the cache.
  ///
  /// Before a tile's scores are taken, the whole tile must be there. If j = ⌊bytes/tile⌋ − 1 tiles ask for the rest of the
  /// context, five eighths of a tile each, that is so if all but 5j/8 tiles of it were asked for before.
  @inline(__always)
  static func forward(_ stretch: Stretch) -> ContextFetch {
    if stretch.isLong {
      return ContextFetch(stretch, .ahead, from: stretch.context, exponentialEighths: 4, sumEighths: 4)
    }
    let ownTiles = ownTiles(stretch)
    return ContextFetch(
      stretch, .consecutive(ownTiles: ownTiles),
      from: stretch.context + (stretch.bytes &- ownTiles &* stretch.tileBytes &* 5 / 8),
      exponentialEighths: 2, sumEighths: 3)
  }

  /// What the backward pass of training asks for: more of the next context, from where the forward pass left off. It takes
  /// the tiles from last to first, because the last ones are still in the cache.
  @inline(__always)
  static func backward(_ stretch: Stretch) -> ContextFetch {
    if stretch.isLong {
      return ContextFetch(stretch, .back, from: stretch.context, exponentialEighths: 0, sumEighths: 8)
    }
    return ContextFetch(
      stretch, .consecutive(ownTiles: .max),
      from: stretch.next + (stretch.bytes &- ownTiles(stretch) &* stretch.tileBytes) &* 5 / 8,
      exponentialEighths: 0, sumEighths: 3)
  }

  @inline(__always)
  private static func ownTiles(_ stretch: Stretch) -> Int { max(0, stretch.bytes / stretch.tileBytes &- 1) }

  /// Says that a tile is about to be read.
  @inline(__always)
  mutating func beginTile(_ tile: Int) {
    switch order {
    case .consecutive(let ownTiles):
      if tile == ownTiles { start(at: stretch.next) }
    case .ahead:
      let (context, next) = (stretch.context, stretch.next)
      let ahead = tile &+ 2 &- stretch.tiles
      start(at: ahead < 0 ? context + (tile &+ 2) &* stretch.tileBytes : next + ahead &* stretch.tileBytes)
    case .back:
      let (context, next) = (stretch.context, stretch.next)
      start(at: tile >= 2 ? context + (tile &- 2) &* stretch.tileBytes : next + (1 &- tile) &* stretch.tileBytes)
    }
  }

  @inline(__always)
  private mutating func start(at address: UnsafeRawPointer) { (line, due) = (address, address) }

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

  /// Bytes of a cache line.
  static let lineBytes = 64
}
