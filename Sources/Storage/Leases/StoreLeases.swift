import GRDB

/// Leases in an SQLite file, for the processes of one machine.
///
/// Time is the machine's since it started, which no step of the wall clock changes; a lease of before a restart of the
/// machine has ended.
package struct StoreLeases: LeaseStore {
  /// The steps of the schema.
  package static let migrations = [
    Migration("leases 1") { database in
      try database.execute(
        sql: """
          CREATE TABLE lease (
            name TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, start TEXT NOT NULL,
            end INTEGER NOT NULL
          ) STRICT
          """)
    }
  ]

  private let store: Store
  private let clock: MachineClock

  /// The leases in `store`, which has the schema.
  package init(_ store: Store, clock: MachineClock) {
    self.store = store
    self.clock = clock
  }

  /// A new lease, with a greater token than any of this name before and than `newest`; nil while another one lasts.
  package func acquire(
    _ name: String, by holder: String, for duration: Duration, after newest: FencingToken
  ) throws -> Lease? {
    let end = ContinuousClock.now + duration
    let next = newest.next
    let token = try store.write { database in
      let now = clock.now()
      return try Int64.fetchOne(
        database,
        sql: """
          INSERT INTO lease (name, holder, token, start, end) VALUES (?1, ?2, ?8, ?3, ?4)
          ON CONFLICT (name) DO UPDATE
          SET holder = excluded.holder, start = excluded.start, end = excluded.end,
          token = CASE WHEN token < ?6 THEN ?8 WHEN token > ?7 THEN ?9 ELSE token + 1 END
          WHERE start <> excluded.start OR end <= ?5
          RETURNING token
          """,
        arguments: [
          name, holder, clock.start, now + milliseconds(duration), now, next.known.lowerBound, next.known.upperBound,
          next.behind, next.beyond,
        ])
    }
    return try token.map { Lease(name: name, holder: holder, token: try FencingToken(stored: $0), end: end) }
  }

  /// The same lease with a later end; nil when it has ended or a newer one was given.
  package func renew(_ lease: Lease, for duration: Duration) throws -> Lease? {
    let end = ContinuousClock.now + duration
    let isHeld = try store.write { database in
      guard try holds(lease, database) else { return false }
      try database.execute(
        sql: "UPDATE lease SET end = ? WHERE name = ?",
        arguments: [clock.now() + milliseconds(duration), lease.name])
      return true
    }
    return isHeld ? Lease(name: lease.name, holder: lease.holder, token: lease.token, end: end) : nil
  }

  /// Ends a lease; nothing happens when it has ended already.
  package func release(_ lease: Lease) throws {
    try store.write { database in
      try database.execute(
        sql: "UPDATE lease SET end = 0 WHERE name = ? AND token = ?",
        arguments: [lease.name, Int64(clamping: lease.token.number)])
    }
  }

  /// Whether the lease still lasts, by the clock of the store, and none newer was given.
  package func check(_ lease: Lease) throws -> Bool { try store.read { try holds(lease, $0) } }

  private func holds(_ lease: Lease, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT token = ? AND start = ? AND end > ? FROM lease WHERE name = ?",
      arguments: [Int64(clamping: lease.token.number), clock.start, clock.now(), lease.name]) ?? false
  }
}
