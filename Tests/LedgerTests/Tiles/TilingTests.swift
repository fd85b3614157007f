import Ciphers
import Foundation
import Ledger
import Testing

struct TilingTests {
  @Test func `publishes no checkpoint ahead of its tiles`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.checkpointInterval = .milliseconds(1)
    let ledger = try log.open(limits: limits)
    let key = try Custody.verifier(data: log.data)
    let data = log.data
    let checks = Task {
      var sizes: Set<UInt64> = []
      while !Task.isCancelled {
        var reader = try TileReader(data: data, key: key)
        let size = reader.checkpoint.size
        if size > 0 { _ = try reader.entry(size - 1) }
        sizes.insert(size)
        await Task.yield()
      }
      return sizes.count
    }
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for number in 0..<250 {
            var entry = TemporaryLog.entry(task * 1000 + number)
            entry.event = .requestRefused
            _ = try? await ledger.append(entry)
          }
        }
      }
    }
    try await ledger.close()
    checks.cancel()
    #expect(try await checks.value > 2)
    var reader = try TileReader(data: log.data, key: key)
    #expect(reader.checkpoint.size >= 4000)
    try reader.checkAll()
  }

  @Test func `lets entries wait for a checkpoint that has fallen behind`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.checkpointInterval = .milliseconds(1)
    limits.checkpointLag = .zero
    let ledger = try log.open(limits: limits)
    let key = try Custody.verifier(data: log.data)
    for number in 0..<50 {
      try await ledger.append(TemporaryLog.entry(number))
      // The entry before this one is older than a checkpoint may be.
      #expect(try TileReader(data: log.data, key: key).checkpoint.size >= UInt64(number))
      try await Task.sleep(for: .milliseconds(2))
    }
    try await ledger.close()
  }

  @Test func `derives the tiles of what was too much to be handed over`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.checkpointInterval = .seconds(3600)
    limits.waitingEntries = 1 << 20
    limits.segmentLength = 4 << 20
    let ledger = try log.open(limits: limits)
    // 16 MB wait at most; these have twice as much.
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          var entry = TemporaryLog.entry(task)
          entry.event = .requestRefused
          entry.tags = Array(repeating: MerkleTree.emptyRoot, count: 300)
          for _ in 0..<100 { _ = try? await ledger.append(entry) }
        }
      }
    }
    try await ledger.close()
    var reader = try TileReader(data: log.data, key: Custody.verifier(data: log.data))
    #expect(reader.checkpoint.size >= 1600)
    try reader.checkAll()
    var tiled = try TiledLog(log)
    #expect(try tiled.hasItsTiles())
  }

  @Test func `derives again what was not known to be on stable storage`() async throws {
    var tiled = try await TiledLog(entries: 900)
    let files = try TiledLog.files(in: tiled.log.path(""))
    try tiled.log.write(Array("512\n".utf8), to: tiled.log.path("tiles.durable"))
    // What a crash leaves of files that were renamed and not written out.
    for path in files.keys where !["tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001"].contains(path) {
      try tiled.log.write([], to: tiled.log.path(path))
    }
    try await tiled.log.open().close()
    #expect(try tiled.hasItsTiles())
    #expect(try tiled.log.bytes(tiled.log.path("tiles.durable")) == Array("\(tiled.entries.count)\n".utf8))
  }

  @Test(arguments: ["", "x\n", "-1\n", "512"])
  func `derives everything again when the mark is not one`(_ mark: String) async throws {
    var tiled = try await TiledLog(entries: 300)
    let files = try TiledLog.files(in: tiled.log.path(""))
    try tiled.log.write(Array(mark.utf8), to: tiled.log.path("tiles.durable"))
    for path in files.keys { try tiled.log.write([], to: tiled.log.path(path)) }
    try await tiled.log.open().close()
    #expect(try tiled.hasItsTiles())
  }

  @Test func `derives everything again when a tile that it goes on from was changed`() async throws {
    var tiled = try await TiledLog(entries: 600)
    let files = try TiledLog.files(in: tiled.log.path(""))
    var changed = try #require(files["tile/0/001"])
    changed[100] ^= 1
    try tiled.log.write(changed, to: tiled.log.path("tile/0/001"))
    try await tiled.log.open().close()
    #expect(try tiled.hasItsTiles())
  }

  @Test func `stops when tiles cannot be written, rather than publish a checkpoint ahead of them`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let checkpoint = try log.bytes(log.path("checkpoint"))
    try FileManager.default.removeItem(atPath: log.path("tile"))
    try log.write([], to: log.path("tile"))
    let ledger = try log.open()
    await #expect(throws: LedgerError.self) {
      for number in 4..<10_000 {
        try await ledger.append(TemporaryLog.entry(number))
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    #expect(!ledger.isWritable)
    #expect(try log.bytes(log.path("checkpoint")) == checkpoint)
    await #expect(throws: LedgerError.self) { try await ledger.close() }
    try FileManager.default.removeItem(atPath: log.path("tile"))
    try await log.open().close()
    let key = try Custody.verifier(data: log.data)
    var reader = try TileReader(data: log.data, key: key)
    try reader.checkAll()
    #expect(reader.checkpoint.size > 4)
  }
}
