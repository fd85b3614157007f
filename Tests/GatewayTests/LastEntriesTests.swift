import Ciphers
import Foundation
import Gateway
import Ledger
import TestKit
import Testing
import Vault

/// When the logs last named whom, before somebody's key is destroyed.
struct LastEntriesTests {
  private static func key() throws -> SigningKey {
    var seed = [UInt8](repeating: 9, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  private func fill(_ data: String, _ origin: Origin, _ entries: [(Int64, [Digest])]) async throws {
    let log = try AuditLog.open(data: data, key: Self.key(), origin: origin)
    for (time, tags) in entries {
      var entry = Entry(.requestOpened, at: Timestamp(milliseconds: time))
      entry.tags = tags
      try await log.append(entry)
    }
    try await log.close()
  }

  @Test func `every shard is asked, whatever its search index says`() async throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    let sharded = try ShardedLog(data: data)
    let (ada, bob, cyd) = (Digest(hashing: [1].span), Digest(hashing: [2].span), Digest(hashing: [3].span))
    let (a, b) = (try #require(ReplicaName("a")), try #require(ReplicaName("b")))
    try await fill(data, .derived, [(1_000_000, [ada])])
    try await fill(sharded.shard(of: a), .shard(of: .derived, a), [(3_000_000, [ada, bob]), (4_000_000, [])])
    try await fill(sharded.shard(of: b), .shard(of: .derived, b), [(5_000_000, [bob]), (2_000_000, [ada])])
    // Somebody took the entries out of the indexes.
    for log in try ShardedLog.logs(of: data) { _ = try SearchIndex(data: log.data).update() }
    for file in try FileManager.default.subpathsOfDirectory(atPath: data) where file.hasSuffix("index.sqlite") {
      try FileManager.default.removeItem(atPath: "\(data)/\(file)")
    }
    let logs = try ProvedLogs(of: data, signedBy: Self.key().verificationKey, marks: ProvedLogs.Marks())
    let last = try LastEntries(about: [ada, bob, cyd], in: logs)
    #expect(last[ada] == Moment(milliseconds: 3_000_000))
    #expect(last[bob] == Moment(milliseconds: 5_000_000))
    #expect(last[cyd] == nil)
  }
}
