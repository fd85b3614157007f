#if canImport(CPostgreSQL)
/// Leases in PostgreSQL, for the processes of many machines; time is the server's.
///
/// A server that fails over to a standby which lacks the last commits could give a token twice: replication must be
/// synchronous where leases are kept.
package struct PostgreSQLLeases: LeaseStore {
  private let connection: PostgreSQLConnection

  /// The leases of a database; the table is made if there is none.
  package init(_ connection: PostgreSQLConnection) throws(StorageError) {
    self.connection = connection
    // Two that make the table at once would both find none: the lock lets one go first. The number is arbitrary.
    try connection.run("SELECT pg_advisory_lock(7021114)")
    defer { _ = try? connection.run("SELECT pg_advisory_unlock(7021114)") }
    try connection.run(
      """
      CREATE TABLE IF NOT EXISTS cordon_lease (
        name text PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, ends timestamptz NOT NULL
      )
      """)
  }

  /// A new lease, with a greater token than any of this name before and than `newest`; nil while another one lasts.
  package func acquire(
    _ name: String, by holder: String, for duration: Duration, after newest: FencingToken
  ) throws -> Lease? {
    let end = ContinuousClock.now + duration
    let next = newest.next
    let rows = try connection.run(
      """
      INSERT INTO cordon_lease AS lease (name, holder, token, ends)
      VALUES ($1, $2, $6::bigint, clock_timestamp() + $3::bigint * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = CASE
      WHEN lease.token < $4::bigint THEN $6::bigint WHEN lease.token > $5::bigint THEN $7::bigint ELSE lease.token + 1 END,
      ends = clock_timestamp() + $3::bigint * interval '1 millisecond' WHERE lease.ends <= clock_timestamp()
      RETURNING token
      """,
      [
        .text(name), .text(holder), .integer(milliseconds(duration)), .integer(next.known.lowerBound),
        .integer(next.known.upperBound), .integer(next.behind), .integer(next.beyond),
      ])
    guard let row = rows.first else { return nil }
    guard let number = row.integer(0) else { throw StorageError(.corrupt) }
    return Lease(name: name, holder: holder, token: try FencingToken(stored: number), end: end)
  }

  /// The same lease with a later end; nil when it has ended or a newer one was given.
  package func renew(_ lease: Lease, for duration: Duration) throws -> Lease? {
    let end = ContinuousClock.now + duration
    let rows = try connection.run(
      """
      UPDATE cordon_lease SET ends = clock_timestamp() + $3::bigint * interval '1 millisecond'
      WHERE name = $1 AND token = $2::bigint AND ends > clock_timestamp() RETURNING token
      """, [.text(lease.name), .integer(Int64(clamping: lease.token.number)), .integer(milliseconds(duration))])
    return rows.isEmpty ? nil : Lease(name: lease.name, holder: lease.holder, token: lease.token, end: end)
  }

  /// Ends a lease; nothing happens when it has ended already.
  package func release(_ lease: Lease) throws {
    try connection.run(
      "UPDATE cordon_lease SET ends = '-infinity' WHERE name = $1 AND token = $2::bigint",
      [.text(lease.name), .integer(Int64(clamping: lease.token.number))])
  }

  /// Whether the lease still lasts, by the clock of the store, and none newer was given.
  package func check(_ lease: Lease) throws -> Bool {
    try !connection.run(
      "SELECT 1 FROM cordon_lease WHERE name = $1 AND token = $2::bigint AND ends > clock_timestamp()",
      [.text(lease.name), .integer(Int64(clamping: lease.token.number))]
    ).isEmpty
  }
}
#endif
