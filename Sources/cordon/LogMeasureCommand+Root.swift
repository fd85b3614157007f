import Ciphers
import Ledger
import PHI
import Storage

extension LogMeasureCommand {
  private static let shards = 4
  private static let token = FencingToken(1)

  /// Makes a root log of checkpoints of a few shards, and tells how long a command takes to read it: from its first entry,
  /// and from the state that was kept when it was recorded in last.
  func measureRoot() async throws {
    var generator = SystemRandomNumberGenerator()
    let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let key: @Sendable () throws -> SigningKey = {
      var copy = seed
      return try SigningKey(seed: SecretBytes(taking: &copy))
    }
    let data = "\(folder)/data"
    let shards = try ShardedLog(data: data)
    try await fill(ShardedLog.root(of: data), key)
    let whole = try spent { _ = try ShardedLog.statuses(of: data) }
    // A replica that records is the one that keeps the state.
    guard let replica = ReplicaName("recording") else { return }
    let shard = try AuditLog.open(data: shards.shard(of: replica), key: key(), origin: .shard(of: .derived, replica))
    try await shard.append(Entry(.keyCreated, at: .now()))
    try await shard.close()
    try await shards.record(replica, token: LogMeasureCommand.token, at: .now(), key: key)
    let kept = try spent { _ = try ShardedLog.statuses(of: data) }
    StandardOutput.line(
      "root log of \(entries) entries, \(inFlight) in flight: read in \(tenths(whole * 1e3)) ms CPU from its first entry "
        + "(\(tenths(whole / Double(entries) * 1e6)) us an entry), in \(tenths(kept * 1e3)) ms from its kept state")
  }

  private func fill(_ root: String, _ key: @escaping @Sendable () throws -> SigningKey) async throws {
    let log = try AuditLog.open(data: root, key: key())
    let (entries, inFlight) = (entries, inFlight)
    let own = log.verifier.key
    let replicas = (1...LogMeasureCommand.shards).compactMap { ReplicaName("replica-\($0)") }
    guard let signature = Signature([UInt8](repeating: 1, count: Signature.byteCount).span) else { return }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<inFlight {
        group.addTask {
          for number in stride(from: task, to: entries, by: inFlight) {
            let size = UInt64(number + 1)
            let checkpoint = ShardCheckpoint(
              replica: replicas[number % replicas.count], size: size,
              root: Digest(hashing: [UInt8(number & 0xFF)].span), token: LogMeasureCommand.token, key: own,
              signature: signature)
            try await log.append(checkpoint.entry(at: .now()))
          }
        }
      }
      try await group.waitForAll()
    }
    try await log.close()
  }

  private func spent(_ body: () throws -> Void) rethrows -> Double {
    let before = ProcessUsage.now()
    try body()
    return (ProcessUsage.now() - before).seconds
  }
}
