/// How the contexts of one rank are read, tile by tile: what does not depend on the prompt, and is taken once.
struct ContextReading {
  /// Blocks of a tile.
  let tileBlocks: Int
  /// Number of tiles, and bytes of each but perhaps the last.
  let (tiles, tileBytes): (Int, Int)
  /// Whether one and a half contexts are too much for the second-level cache, of which most processors have a mebibyte.
  let isLong: Bool

  // For contexts that are not long, in training. The first tiles of a forward pass ask for the rest of the context, five
  // eighths of a tile each; before a tile's scores are taken, the whole tile must be there. If j = ⌊bytes/tile⌋ − 1 tiles do
  // so, that holds if all but 5j/8 tiles of the context were asked for before.

  /// j.
  let ownTiles: Int
  /// How many bytes of a context were asked for before its forward pass begins, and how many of the next one when it ends.
  let (fetchedBefore, fetchedForward): (Int, Int)

  /// For contexts of `blocks` blocks of `rank` components.
  init(rank: Int, blocks: Int) {
    let blockBytes = rank * MemoryLayout<SIMD8<Float>>.stride
    tileBlocks = TokenBlocks.tileBlocks(dimension: rank, contextBlocks: blocks)
    tileBytes = tileBlocks * blockBytes
    let bytes = blocks * blockBytes
    tiles = (blocks + tileBlocks - 1) / tileBlocks
    isLong = bytes > Self.secondLevelBytes
    ownTiles = max(0, blocks / tileBlocks - 1)
    fetchedBefore = bytes - ownTiles * tileBytes * 5 / 8
    fetchedForward = (bytes - ownTiles * tileBytes) * 5 / 8
  }

  private static let secondLevelBytes = 640 << 10
}
