import CIntrinsics

/// The cache lines of contexts that the passes over one context ask for meanwhile, because they will be read soon.
///
/// The processor cannot foresee where the next prompt lies, since the order of a batch is random. Where requests come
/// faster than memory answers they are dropped, so they are spread over the arithmetic: over the exponentials, over the
/// weighted mean, and in training over that of the backward pass.
struct ContextFetch {
  /// Which lines are asked for while a tile is read.
  private enum Order {
    /// Those after the last ones; from the given tile on, those of the next context.
    case consecutive(ownTiles: Int)
    /// Those of the tile after the next; at the end of a context, of the next one.
    case ahead
    /// On the way back, those of the tile before the last; at the beginning of a context, of the next one.
    case back
  }

  /// Where the context begins, and where the next one does.
  private let (context, next): (UnsafeRawPointer, UnsafeRawPointer)
  private let (tiles, tileBytes): (Int, Int)
  private let order: Order
  /// Eighths of a byte that are asked for with each byte of a tile, while its exponentials are taken and while it is
  /// summed.
  private let (exponentialEighths, sumEighths): (Int, Int)
  /// The next line that is asked for, and the end of what is due.
  private var (line, due): (UnsafeRawPointer, UnsafeRawPointer)

  @inline(__always)
  private init(
    _ context: UnsafeRawPointer, _ next: UnsafeRawPointer, _ reading: ContextReading?, _ order: Order,
    from line: UnsafeRawPointer, exponentialEighths: Int, sumEighths: Int
  ) {
    (self.context, self.next, self.order) = (context, next, order)
    (tiles, tileBytes) = (reading?.tiles ?? 0, reading?.tileBytes ?? 0)
    (self.line, due) = (line, line)
    (self.exponentialEighths, self.sumEighths) = (exponentialEighths, sumEighths)
  }

  /// No fetching; any address will do.
  @inline(__always)
  static func none(_ address: UnsafeRawPointer) -> ContextFetch {
    ContextFetch(
      address, address, nil, .consecutive(ownTiles: .max), from: address, exponentialEighths: 0, sumEighths: 0)
  }

  /// What evaluation asks for: the next context. The exponentials are the shorter loop, and ask for less of it.
  @inline(__always)
  static func evaluation(
    _ context: UnsafeRawPointer, next: UnsafeRawPointer, _ reading: ContextReading
  ) -> ContextFetch {
    ContextFetch(
      context, next, reading, reading.isLong ? .ahead : .consecutive(ownTiles: .max), from: next,
      exponentialEighths: 3, sumEighths: 5)
  }

  /// What the forward pass of training asks for: the rest of the context, and then the next one. Lines are asked for in the
  /// order in which they will be read, so that of two contexts little more than one and a half must be in the cache.
  @inline(__always)
  static func forward(_ context: UnsafeRawPointer, next: UnsafeRawPointer, _ reading: ContextReading) -> ContextFetch {
    if reading.isLong {
      return ContextFetch(context, next, reading, .ahead, from: context, exponentialEighths: 4, sumEighths: 4)
    }
    return ContextFetch(
      context, next, reading, .consecutive(ownTiles: reading.ownTiles), from: context + reading.fetchedBefore,
      exponentialEighths: 2, sumEighths: 3)
  }

  /// What the backward pass of training asks for: more of the next context, from where the forward pass left off. It takes
  /// the tiles from last to first, because the last ones are still in the cache.
  @inline(__always)
  static func backward(_ context: UnsafeRawPointer, next: UnsafeRawPointer, _ reading: ContextReading) -> ContextFetch {
    if reading.isLong {
      return ContextFetch(context, next, reading, .back, from: context, exponentialEighths: 0, sumEighths: 8)
    }
    return ContextFetch(
      context, next, reading, .consecutive(ownTiles: .max), from: next + reading.fetchedForward,
      exponentialEighths: 0, sumEighths: 3)
  }

  /// Says that a tile is about to be read.
  @inline(__always)
  mutating func beginTile(_ tile: Int) {
    switch order {
    case .consecutive(let ownTiles):
      if tile == ownTiles { start(at: next) }
    case .ahead:
      let ahead = tile &+ 2 &- tiles
      start(at: ahead < 0 ? context + (tile &+ 2) &* tileBytes : next + ahead &* tileBytes)
    case .back:
      start(at: tile >= 2 ? context + (tile &- 2) &* tileBytes : next + (1 &- tile) &* tileBytes)
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
