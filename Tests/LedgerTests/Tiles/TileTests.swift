import Ledger
import Testing

/// Against the examples of C2SP `tlog-tiles`.
struct TileTests {
  @Test(arguments: [
    (Tile(.hashes(level: 0), index: 1_234_067), "tile/0/x001/x234/067"),
    (Tile(.hashes(level: 0), index: 0), "tile/0/000"),
    (Tile(.hashes(level: 7), index: 999), "tile/7/999"),
    (Tile(.hashes(level: 1), index: 1000), "tile/1/x001/000"),
    (Tile(.hashes(level: 0), index: 273, width: 112), "tile/0/273.p/112"),
    (Tile(.entries, index: 1_234_067, width: 8), "tile/entries/x001/x234/067.p/8"),
    (Tile(.entries, index: .max >> 8), "tile/entries/x072/x057/x594/x037/x927/935"),
  ])
  func `has the path that the specification gives it`(_ tile: Tile, _ path: String) {
    #expect(tile.path == path)
    #expect(Tile(path: path) == tile)
  }

  @Test(arguments: [
    "", "tile", "tile/0", "tile/0/", "tile/00/000", "tile/+1/000", "tile/8/000", "tile/0/00", "tile/0/0000",
    "tile/0/x000/000", "tile/0/x001", "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p", "tile/0/000.p/0",
    "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/000/", "/tile/0/000", "tile//000",
    "tile/0/../000", "tile/data/000", "tile/0/x000.p/001", "tile/entries/000.q/1", "checkpoint",
    "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
  ])
  func `refuses every other path`(_ path: String) {
    #expect(Tile(path: path) == nil)
  }

  @Test(arguments: [
    (0, [String]()), (1, ["tile/0/000.p/1"]), (255, ["tile/0/000.p/255"]), (256, ["tile/1/000.p/1"]),
    (257, ["tile/0/001.p/1", "tile/1/000.p/1"]), (65_536, ["tile/2/000.p/1"]),
    (70_000, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]),
  ])
  func `has on its right edge what the specification says`(_ size: Int, _ paths: [String]) {
    #expect(Tile.edge(of: UInt64(size)).map(\.path) == paths)
  }
}
