import Ciphers
import Foundation
import Ledger
import Testing

struct TileReaderTests {
  @Test func `proves every entry and every beginning from tiles`() async throws {
    var tiled = try await TiledLog(entries: 700)
    let key = try Custody.verifier(data: tiled.log.data)
    var reader = try TileReader(data: tiled.log.data, key: key)
    for size in [1, 2, 255, 256, 257, 512, 699, 700] {
      #expect(try reader.root(ofSize: UInt64(size)) == tiled.tree.root(0..<size))
      for index in 0..<size {
        let path = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size))
        #expect(try reader.inclusion(of: UInt64(index), in: UInt64(size)) == tiled.tree.roots(path))
        let consistency = MerkleProof.consistency(from: UInt64(index + 1), to: UInt64(size))
        #expect(try reader.consistency(from: UInt64(index + 1), to: UInt64(size)) == tiled.tree.roots(consistency))
      }
    }
    for index in tiled.entries.indices { #expect(try reader.entry(UInt64(index)) == tiled.entries[index]) }
    #expect(try reader.consistency(from: 0, to: 700) == [])
    #expect(throws: LedgerError(.uncovered(701))) { try reader.entry(700) }
    #expect(throws: LedgerError(.uncovered(701))) { try reader.inclusion(of: 0, in: 701) }
    #expect(throws: LedgerError(.uncovered(4))) { try reader.inclusion(of: 3, in: 3) }
    #expect(throws: LedgerError(.uncovered(4))) { try reader.consistency(from: 4, to: 3) }
  }

  @Test func `serves no tile that a crash left empty or cut, and the next opening removes it`() async throws {
    let log = try TemporaryLog()
    try await log.fill(300)
    try await log.open().close()
    let paths = ["tile/0/001.p/20", "tile/entries/001.p/20", "tile/0/001.p/44", "tile/entries/001.p/44"]
    func served(_ path: String) throws -> [UInt8]? { try PublishedFile(at: path, data: log.data)?.bytes }
    let whole = try paths.map { try #require(try served($0)) }
    #expect(whole[0] == Array(whole[2].prefix(20 * 32)) && whole[3].starts(with: whole[1]))
    for content in [[], [0], whole[0].dropLast(), whole[2] + [0]] as [[UInt8]] {
      for path in paths.prefix(2) { try log.write(content, to: log.path(path)) }
      #expect(try paths.prefix(2).map(served) == Array(whole.prefix(2)), "the wider tile has it")
    }
    for path in paths { try log.write([], to: log.path(path)) }
    #expect(try paths.map(served) == [nil, nil, nil, nil])
    // A name with content of the right length that is not the log's.
    try log.write([UInt8](repeating: 0, count: 20 * 32), to: log.path(paths[0]))
    try await log.open().close()
    #expect(try paths.map(served) == whole)
    for path in paths.prefix(2) { #expect(!FileManager.default.fileExists(atPath: log.path(path))) }
  }

  @Test func `uses no tile that was changed, cut or removed`() async throws {
    var tiled = try await TiledLog(entries: 600)
    let key = try Custody.verifier(data: tiled.log.data)
    let count = tiled.entries.count
    for (path, bytes) in tiled.tiles(count) {
      let tile = try #require(Tile(path: path))
      let index = tile.index * 256 * (path.hasPrefix("tile/1") ? 256 : 1)
      func read() throws {
        var reader = try TileReader(data: tiled.log.data, key: key)
        _ = try reader.entry(index)
      }
      func readAll() throws {
        var reader = try TileReader(data: tiled.log.data, key: key)
        try reader.checkAll()
      }
      var changed = bytes
      changed[5] ^= 1
      for content in [changed, bytes.dropLast(), bytes + [0], []] {
        try tiled.log.write(content, to: tiled.log.path(path))
        let error = try #require(throws: LedgerError.self) { try read() }
        guard case .tile = error.code else {
          Issue.record("\(path): \(error)")
          return
        }
        #expect(throws: error) { try readAll() }
      }
      try FileManager.default.removeItem(atPath: tiled.log.path(path))
      #expect(throws: LedgerError(.tile(tile))) { try read() }
      try tiled.log.write(bytes, to: tiled.log.path(path))
      try read()
      try readAll()
    }
  }

  @Test func `serves the checkpoint and tiles, and nothing else`() async throws {
    let log = try TemporaryLog()
    try await log.fill(300)
    let checkpoint = try #require(try PublishedFile(at: "checkpoint", data: log.data))
    #expect(checkpoint.bytes == (try log.bytes(log.path("checkpoint"))))
    #expect(checkpoint.contentType == "text/plain; charset=utf-8" && !checkpoint.isImmutable)
    // A partial tile that gave way to the full one is the beginning of that.
    for path in ["tile/0/000", "tile/entries/001.p/44", "tile/0/000.p/7"] {
      let file = try #require(try PublishedFile(at: path, data: log.data))
      #expect(file.contentType == "application/octet-stream" && file.isImmutable)
    }
    for path in ["lock", "segments/00000000000000000000.seg", "../keys/log-signing.key", "tile/0/../../lock", ""] {
      #expect(try PublishedFile(at: path, data: log.data) == nil)
    }
  }
}
