import Ciphers
import Foundation
import Ledger
import Testing

/// A log of which so much was removed that it could be taken for none.
struct BegunLogTests {
  @Test(arguments: [
    ["checkpoint", "segments"], ["checkpoint", "segments", "emergency", "tile", "tiles.durable"], [""],
  ])
  func `is never begun again`(without names: [String]) async throws {
    for isCosigned in [true, false] {
      let log = try TemporaryLog()
      try await log.fill(3)
      if isCosigned { try log.write(log.bytes(log.path("checkpoint")), to: log.path("cosigned")) }
      for name in names { try FileManager.default.removeItem(atPath: log.path(name)) }
      let fault = Fault(.missingCheckpoint, at: 0)
      #expect(try log.fault() == fault)
      #expect(throws: LedgerError(.damaged(fault))) { _ = try log.open() }
      // Nor under a new name.
      try FileManager.default.removeItem(atPath: "\(log.data)/keys/log.vkey")
      #expect(throws: LedgerError(.invalidKey)) { _ = try log.open() }
    }
  }

  @Test(arguments: ["cosigned", "blobs/00/left", "tile/0/000", "segments/notes", "tiles.durable"])
  func `is no new log where something of one is left`(_ name: String) throws {
    let log = try TemporaryLog()
    let path = log.path(name)
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: "\(log.data)/keys", withIntermediateDirectories: true)
    let key = try #require(Origin.derived.verifier(of: TemporaryLog.key().verificationKey))
    try log.write(Array("\(key)\n".utf8), to: "\(log.data)/keys/log.vkey")
    try log.write([], to: path)
    #expect(throws: LedgerError(.damaged(Fault(.missingCheckpoint, at: 0)))) { _ = try log.open() }
  }

  @Test func `begins after a crash that came before its first checkpoint`() async throws {
    let log = try TemporaryLog()
    try FileManager.default.createDirectory(atPath: log.path("segments"), withIntermediateDirectories: true)
    try log.write([], to: log.path("lock"))
    try await log.fill(2)
    #expect(try log.fault() == nil)
  }
}
