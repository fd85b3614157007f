import Ciphers
import GRDB
import Storage
import Synchronization

// A row of the outbox that is in the log keeps its code from before: who copied the file then can put the row back as it
// was, waiting, and it is one that the vault wrote. The tally of what waits tells that it does not belong to it.
extension Vault {
  /// Notes what waits again though a log has it, and gives the numbers of what no log has that was put back.
  ///
  /// An event that was taken away, or a row that the vault did not write, is not its concern: see `Outbox.check`.
  func settleReplays(
    _ known: ([VaultEvent]) async throws -> [String: UInt64], _ evidence: SecretBox
  ) async throws -> Set<Int64> {
    guard let waiting = try Vault.stored({ try store.read { try Outbox.waitingRows(evidence, $0) } }),
      waiting.excess > 0
    else { return [] }
    var replays = waiting.replays()
    var found: [String: UInt64] = [:]
    if let replays {
      let numbers = Set(replays.map(\.number))
      guard !cache.withLock({ numbers.isSubset(of: $0.strayEvents) }) else { return numbers }
      found = try await known(try replays.map { row throws(VaultError) in try row.event })
    } else {
      // Too many to be told by the tally alone: those that a log has are they, or nobody knows.
      found = try await known(try waiting.rows.map { row throws(VaultError) in try row.event })
      replays = waiting.replays(among: waiting.rows.filter { found[$0.id] != nil })
    }
    guard let replays else { return [] }
    let settled = replays.filter { found[$0.id] != nil }
    let strays = Set(replays.map(\.number)).subtracting(settled.map(\.number))
    cache.withLock { $0.strayEvents = strays }
    guard !settled.isEmpty else { return strays }
    try change(evidence) { database in
      for row in settled {
        guard let entry = found[row.id] else { continue }
        try Outbox.settle(row, in: Int64(clamping: entry), evidence, database)
      }
    }
    return strays
  }
}

/// The rows that wait and that the vault wrote, beside the tally of what should wait.
struct WaitingRows {
  private static let mostForPairs = 2_000

  let rows: [OutboxRow]
  private let weights: [SIMD2<UInt64>]
  private let found: Tally
  private let expected: Tally

  init(_ rows: [(row: OutboxRow, weight: SIMD2<UInt64>)], expected: Tally) {
    (self.rows, weights, self.expected) = (rows.map(\.row), rows.map(\.weight), expected)
    var found = Tally()
    for weight in weights { found.add(weight) }
    self.found = found
  }

  /// How many more there are than should be.
  var excess: Int { rows.count - Int(expected.count) }

  /// The rows that do not belong to the tally, which are one or two; nil when they are more, or when something else is
  /// wrong as well.
  func replays() -> [OutboxRow]? {
    switch excess {
    case 1: rows.indices.first { isWhole(without: [$0]) }.map { [rows[$0]] }
    case 2 where rows.count <= WaitingRows.mostForPairs:
      rows.indices.lazy.compactMap { first in
        (first + 1..<rows.count).first { isWhole(without: [first, $0]) }.map { [rows[first], rows[$0]] }
      }.first
    default: nil
    }
  }

  /// All of `candidates` when they are what does not belong to the tally, else nil.
  func replays(among candidates: [OutboxRow]) -> [OutboxRow]? {
    let numbers = Set(candidates.map(\.number))
    return isWhole(without: rows.indices.filter { numbers.contains(rows[$0].number) }) ? candidates : nil
  }

  private func isWhole(without left: [Int]) -> Bool {
    guard rows.count - left.count == expected.count else { return false }
    var tally = expected
    for place in left { tally.add(weights[place]) }
    return tally == found
  }
}
