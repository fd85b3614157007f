import Ciphers
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

struct TileWriterTests {
  @Test func `writes the tiles of every size around the borders, and removes what is no longer partial`() async throws {
    var tiled = try await TiledLog(entries: 65_540)
    let folder = try TemporaryFolder()
    var writer = try TileWriter(data: tiled.log.data, in: folder.path)
    for size in [1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537] {
      try writer.update(to: tiled.checkpoint(size))
      let files = try TiledLog.files(in: folder.path)
      let expected = tiled.tiles(size)
      #expect(expected.allSatisfy { files[$0.key] == $0.value }, "size \(size)")
      // Narrower partial tiles may be left, but none whose place a full tile has taken.
      for path in files.keys where expected[path] == nil {
        let tile = try #require(Tile(path: path))
        #expect(!tile.isFull && expected[tile.whole.path] == nil, "size \(size): \(path)")
      }
      let once = try TemporaryFolder()
      var fresh = try TileWriter(data: tiled.log.data, in: once.path)
      try fresh.update(to: tiled.checkpoint(size))
      #expect(try TiledLog.files(in: once.path) == expected, "size \(size)")
    }
    let checkpoint = tiled.checkpoint(65_537)
    try compareReader(of: tiled.log.data, checkpoint, &tiled.tree)
  }

  private func compareReader(of data: String, _ checkpoint: Checkpoint, _ tree: inout MerkleReference) throws {
    let key = try Custody.verifier(data: data)
    var reader = try TileReader(data: data, key: key)
    #expect(reader.checkpoint.size == UInt64(tree.leaves.count))
    let size = Int(checkpoint.size)
    for index in [0, 255, 256, 65_279, 65_280, 65_535, 65_536] {
      let path = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size))
      #expect(try reader.inclusion(of: UInt64(index), in: UInt64(size)) == tree.roots(path))
    }
    for old in [1, 255, 256, 257, 65_535, 65_536, 65_537] {
      let path = MerkleProof.consistency(from: UInt64(old), to: UInt64(size))
      #expect(try reader.consistency(from: UInt64(old), to: UInt64(size)) == tree.roots(path))
    }
  }

  @Test func `makes the same tiles in any number of steps, by any number of writers`() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var tiled = try await TiledLog(entries: 2000)
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      let size = Int.random(in: 1...2000, using: &generator)
      var writer = try TileWriter(data: tiled.log.data, in: folder.path)
      for step in (0..<8).map({ _ in Int.random(in: 1...size, using: &generator) }).sorted() + [size] {
        if Bool.random(using: &generator) {
          writer = try TileWriter(data: tiled.log.data, in: folder.path, after: writer.size)
        }
        try writer.update(to: tiled.checkpoint(step))
      }
      let files = try TiledLog.files(in: folder.path)
      #expect(tiled.tiles(size).allSatisfy { files[$0.key] == $0.value }, "size \(size)")
    }
  }

  @Test func `leaves a state that can be used when it fails between any two steps`() async throws {
    var tiled = try await TiledLog(entries: 700)
    let expected = tiled.tiles(700)
    let (early, late) = (tiled.checkpoint(300), tiled.checkpoint(700))
    for step in 1...1000 {
      let folder = try TemporaryFolder()
      let changes = Mutex(0)
      let failure: @Sendable () -> Int32 = {
        changes.withLock { changes in
          changes += 1
          return changes < step ? 0 : 5
        }
      }
      var reached: UInt64 = 0
      do throws(LedgerError) {
        var writer = try TileWriter(data: tiled.log.data, in: folder.path, failureOfChange: failure)
        try writer.update(to: early)
        reached = writer.size
        try writer.update(to: late)
        #expect(step > 20)
        return
      } catch {
        #expect(error == LedgerError(.system(.write), number: 5))
      }
      // What the published checkpoint needs is there, and whoever goes on makes the rest.
      if reached == 300 {
        let files = try TiledLog.files(in: folder.path)
        for (path, bytes) in tiled.tiles(300) {
          let tile = try #require(Tile(path: path))
          #expect((files[path] ?? files[tile.whole.path])?.starts(with: bytes) == true, "step \(step): \(path)")
        }
      }
      var writer = try TileWriter(data: tiled.log.data, in: folder.path, after: reached)
      try writer.update(to: late)
      let files = try TiledLog.files(in: folder.path).filter { !$0.key.hasSuffix(".new") }
      #expect(expected.allSatisfy { files[$0.key] == $0.value }, "step \(step)")
    }
    Issue.record("it never finished")
  }

  @Test func `refuses segments that have another root than was signed`() async throws {
    var tiled = try await TiledLog(entries: 10)
    let folder = try TemporaryFolder()
    var writer = try TileWriter(data: tiled.log.data, in: folder.path)
    var checkpoint = tiled.checkpoint(9)
    checkpoint.size = 10
    #expect(throws: LedgerError(.damaged(Fault(.changed(before: 10), at: 0)))) { try writer.update(to: checkpoint) }
  }

  @Test func `publishes tiles with every checkpoint, also after they were removed`() async throws {
    var tiled = try await TiledLog(entries: 600)
    #expect(try tiled.hasItsTiles())
    try FileManager.default.removeItem(atPath: tiled.log.path("tile"))
    try await tiled.log.open().close()
    #expect(try tiled.hasItsTiles())
    try tiled.log.write([1, 2, 3], to: tiled.log.path("tile/0/001"))
    let key = try Custody.verifier(data: tiled.log.data)
    let checkpoint = try AuditLog.rebuildTiles(data: tiled.log.data, key: key)
    let count = tiled.entries.count
    #expect(checkpoint.root == tiled.tree.root(0..<count))
    #expect(try TiledLog.files(in: tiled.log.path("")) == tiled.tiles(count))
  }

  @Test func `rebuilds no tiles of a log that is open`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    let key = try Custody.verifier(data: log.data)
    #expect(throws: LedgerError(.inUse)) { try AuditLog.rebuildTiles(data: log.data, key: key) }
    try await ledger.close()
    #expect(try AuditLog.rebuildTiles(data: log.data, key: key).size == 0)
  }
}
