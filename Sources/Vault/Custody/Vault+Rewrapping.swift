import Bytes
import Ciphers
import GRDB
import Glibc
import Storage
import struct Foundation.Data

/// What a rewrapping has done.
package struct Rewrapping: Hashable, Sendable {
  /// How many keys are wrapped anew.
  package var keys = 0
  /// How much of the time went to the ciphers, in seconds.
  package var cipherSeconds = 0.0
  /// How much of the time went to the database, in seconds.
  package var storeSeconds = 0.0
}

/// A run of rows by their numbers, with the wrapped keys of one old version side by side.
///
/// A slot that is empty belongs to a row that is gone or wrapped otherwise; its bytes are zero.
private struct RowRun: Sendable {
  let first: Int64
  let last: Int64
  let version: Int64
  let filled: [Bool]
  let wrapped: [UInt8]
}

// Rows are taken in runs of row numbers. A run is read in one query, wrapped anew on all cores, and written back by one
// statement, which cuts each row's bytes out of one long blob: a statement for each row would take longer than the
// cipher. A run is a transaction: after a crash the rows of the old version that are left are found by their version.
extension Vault {
  private static let wrappedLength = SubjectKey.secretByteCount + WrappingKey.overhead
  private static let runLength: Int64 = 8192

  /// Wraps every subject's key that is under an old version of the tenant key anew under the active one.
  ///
  /// What is under a version that is disabled or waits for its destruction stays there. It may be stopped and begun again
  /// at any time, and runs while keys are made and used.
  package func rewrapSubjects(workers: Int = 2) async throws(VaultError) -> Rewrapping {
    let evidence = try await box(.evidence)
    let newer = try await tenantKey(activeVersion())
    let versions = try Vault.stored {
      try store.read { database in
        try Int64.fetchAll(
          database,
          sql: """
            SELECT version FROM tenant_key WHERE state = 1
            AND EXISTS (SELECT 1 FROM subject_key WHERE subject_key.version = tenant_key.version)
            """)
      }
    }
    var report = Rewrapping()
    let weights = KeyWeights(evidence)
    for version in versions {
      let older = try await tenantKey(version)
      var next: Int64 = 0
      let clock = ContinuousClock()
      while true {
        let began = clock.now
        try checkUnlocked()
        guard let run = try read(version, from: next) else { break }
        let count = run.filled.count { $0 }
        try setAsideTenantUses(Int64(count), newer.version, evidence)
        let loaded = clock.now
        let wrapped = try await rewrap(run, older, newer, workers: workers)
        let computed = clock.now
        let isWritten = try write(run, wrapped, newer.version, weights, evidence)
        report.keys += isWritten ? count : 0
        report.cipherSeconds += loaded.duration(to: computed) / .seconds(1)
        report.storeSeconds += (began.duration(to: loaded) + computed.duration(to: clock.now)) / .seconds(1)
        next = isWritten ? run.last + 1 : run.first
      }
    }
    if report.keys > 0 { try emptyJournal() }
    return report
  }

  private func read(_ version: Int64, from start: Int64) throws(VaultError) -> RowRun? {
    try Vault.stored {
      try store.read { database -> RowRun? in
        guard
          let first = try Int64.fetchOne(
            database, sql: "SELECT id FROM subject_key WHERE id >= ? AND version = ? ORDER BY id LIMIT 1",
            arguments: [start, version])
        else { return nil }
        guard first <= Int64.max - Vault.runLength else { throw VaultError(.malformed) }
        let last = first + Vault.runLength - 1
        var filled = [Bool](repeating: false, count: Int(Vault.runLength))
        var bytes = [UInt8](repeating: 0, count: Int(Vault.runLength) * Vault.wrappedLength)
        let statement = try database.cachedStatement(
          sql: "SELECT id, wrapped FROM subject_key WHERE id BETWEEN ? AND ? AND version = ?")
        let rows = try Row.fetchCursor(statement, arguments: [first, last, version])
        while let row = try rows.next() {
          let slot = Int(row[0] as Int64 - first)
          let fits = try row.withUnsafeData(atIndex: 1) { data -> Bool in
            guard let data, data.count == Vault.wrappedLength else { return false }
            unsafe bytes.withUnsafeMutableBytes { target in
              let place = unsafe UnsafeMutableRawBufferPointer(
                rebasing: target[slot * Vault.wrappedLength..<(slot + 1) * Vault.wrappedLength])
              unsafe data.copyBytes(to: place)
            }
            return true
          }
          guard fits else { throw VaultError(.malformed) }
          filled[slot] = true
        }
        return RowRun(first: first, last: last, version: version, filled: filled, wrapped: bytes)
      }
    }
  }

  private func rewrap(
    _ run: RowRun, _ older: TenantKey, _ newer: TenantKey, workers: Int
  ) async throws(VaultError) -> [UInt8] {
    let count = run.filled.count
    let share = (count + max(1, workers) - 1) / max(1, workers)
    let pieces = await withTaskGroup(of: (Int, [UInt8]?).self) { group in
      for start in stride(from: 0, to: count, by: share) {
        let slots = start..<min(count, start + share)
        group.addTask { (start, Vault.rewrap(run, slots, older, newer)) }
      }
      var pieces: [(Int, [UInt8]?)] = []
      for await piece in group { pieces.append(piece) }
      return pieces.sorted { $0.0 < $1.0 }
    }
    var wrapped: [UInt8] = []
    wrapped.reserveCapacity(run.wrapped.count)
    for (_, piece) in pieces {
      guard let piece else { throw VaultError(.notAuthentic, key: Vault.tenantKeyID(run.version)) }
      wrapped.append(contentsOf: piece)
    }
    return wrapped
  }

  private static func rewrap(
    _ run: RowRun, _ slots: Range<Int>, _ older: TenantKey, _ newer: TenantKey
  ) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(slots.count * wrappedLength)
    var nonces = [SIMD2<UInt64>](repeating: .zero, count: slots.count)
    guard unsafe nonces.withUnsafeMutableBytes({ unsafe fill($0) }) else { return nil }
    let empty = [UInt8](repeating: 0, count: wrappedLength)
    var oldContext = subjectContext(0, version: run.version)
    var newContext = subjectContext(0, version: newer.version)
    for slot in slots {
      guard run.filled[slot] else {
        output.append(contentsOf: empty)
        continue
      }
      setSubject(run.first + Int64(slot), in: &oldContext)
      setSubject(run.first + Int64(slot), in: &newContext)
      let done = unsafe run.wrapped.withUnsafeBytes { bytes in
        unsafe older.wrapping.rewrap(
          UnsafeRawBufferPointer(rebasing: bytes[slot * wrappedLength..<(slot + 1) * wrappedLength]),
          context: oldContext, under: newer.wrapping, newContext: newContext, nonce: nonces[slot - slots.lowerBound],
          into: &output)
      }
      guard done else { return nil }
    }
    return output
  }

  /// Random bytes from the system in few calls: one call for each nonce would take as long as the cipher.
  private static func fill(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    // `getentropy` gives 256 bytes at most.
    for start in stride(from: 0, to: bytes.count, by: 256) {
      let count = min(256, bytes.count - start)
      guard unsafe getentropy(bytes.baseAddress?.advanced(by: start), count) == 0 else { return false }
    }
    return true
  }

  private static func setSubject(_ id: Int64, in context: inout [UInt8]) {
    let start = context.count - 16
    for byte in 0..<8 { context[start + byte] = UInt8(truncatingIfNeeded: id >> (56 - 8 * Int64(byte))) }
  }

  /// Writes a run back while the newer version still wraps; false when rows of it went meanwhile, and it is to be read
  /// again.
  private func write(
    _ run: RowRun, _ wrapped: [UInt8], _ version: Int64, _ weights: KeyWeights, _ evidence: SecretBox
  ) throws(VaultError) -> Bool {
    let moved = try weights.tally(from: run.first, filled: run.filled)
    do throws(VaultError) {
      try change(evidence) { database in
        let wraps = try Bool.fetchOne(
          database, sql: "SELECT state = 0 FROM tenant_key WHERE version = ?", arguments: [version])
        guard wraps == true else { throw VaultError(.exists, key: Vault.tenantKeyID(version)) }
        let statement = try database.cachedStatement(
          sql: """
            UPDATE subject_key SET version = ?1, wrapped = substr(?2, 1 + (id - ?3) * ?4, ?4)
            WHERE id BETWEEN ?3 AND ?5 AND version = ?6
            """)
        try statement.execute(
          arguments: [version, Vault.blob(wrapped), run.first, Vault.wrappedLength, run.last, run.version])
        guard database.changesCount == moved.count else { throw VaultError(.missing) }
        var tally = try Vault.keys(under: run.version, evidence, database)
        tally.remove(moved)
        try Vault.set(keys: tally, under: run.version, evidence, database)
        tally = try Vault.keys(under: version, evidence, database)
        tally.add(moved)
        try Vault.set(keys: tally, under: version, evidence, database)
      }
      return true
    } catch {
      guard error.code == .missing else { throw error }
      return false
    }
  }
}
