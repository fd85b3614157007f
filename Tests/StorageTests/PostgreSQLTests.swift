#if canImport(CPostgreSQL)
import Foundation
import Storage
import TestKit
import Testing

@Suite(.enabled(if: PostgreSQLServer.isInstalled))
struct PostgreSQLTests {
  @Test func `binds values, gives leases by the server's clock, and says by states why it failed`() throws {
    let server = try PostgreSQLServer()
    let connection = try PostgreSQLConnection(server.address)
    try valuesComeBack(connection)
    try errorsHoldNoValues(connection)
    try leasesAreFenced(server, connection)
    try statementsEnd(connection)
    try connectionsAreMadeAnew(connection)
  }

  private func valuesComeBack(_ connection: PostgreSQLConnection) throws {
    let hostile = "'; DROP TABLE person; -- \\ Łucja"
    let rows = try connection.run(
      "SELECT $1::text, $2::bigint, $3::bytea, $4::text",
      [.text(hostile), .integer(.min), .bytes([0, 0x5C, 0xFF]), .null])
    #expect(rows.count == 1)
    #expect(rows.first?.text(0) == hostile)
    #expect(rows.first?.integer(1) == .min)
    #expect(rows.first?.bytes(2) == [0, 0x5C, 0xFF])
    #expect(rows.first?.text(3) == nil)
    #expect(throws: StorageError(.invalidStatement)) { try connection.run("SELECT $1::text", [.text("a\0b")]) }
  }

  private func errorsHoldNoValues(_ connection: PostgreSQLConnection) throws {
    try connection.run("CREATE TABLE person (name text PRIMARY KEY)")
    try connection.run("INSERT INTO person VALUES ($1)", [.text("Marjorie Quimby")])
    #expect(throws: StorageError(.constraint, state: SQLState("23505"))) {
      try connection.run("INSERT INTO person VALUES ($1)", [.text("Marjorie Quimby")])
    }
    #expect(throws: StorageError(.invalidStatement, state: SQLState("22P02"))) {
      try connection.run("SELECT $1::bigint", [.text("Marjorie Quimby")])
    }
    #expect(throws: StorageError(.invalidStatement, state: SQLState("42P01"))) {
      try connection.run("SELECT * FROM nowhere")
    }
  }

  private func leasesAreFenced(_ server: PostgreSQLServer, _ connection: PostgreSQLConnection) throws {
    let one = try PostgreSQLLeases(connection)
    let other = try PostgreSQLLeases(PostgreSQLConnection(server.address))
    let acquired = try #require(try one.acquire("root", by: "a", for: .seconds(600)))
    #expect(try other.acquire("root", by: "b", for: .seconds(60)) == nil)
    let first = try #require(try one.renew(acquired, for: .milliseconds(300)))
    #expect(first.token == acquired.token)
    usleep(400_000)
    #expect(try one.check(first) == false)
    #expect(!first.lasts)
    let second = try #require(try other.acquire("root", by: "b", for: .seconds(60)))
    #expect([first.token, second.token] == [FencingToken(1), FencingToken(2)])
    #expect(try one.renew(first, for: .seconds(60)) == nil)
    try one.release(first)
    #expect(try other.check(second))
    try other.release(second)
    #expect(try one.acquire("root", by: "a", for: .seconds(60))?.token == FencingToken(3))
    for (stored, newest, next) in [
      (-9, 7, 8), (.max, 7, 7 + 1 << 20), (7 + 1 << 32, 7, 7 + 1 << 20), (12, 7, 13), (1, 7, 8),
    ] as [(Int64, UInt64, UInt64)] {
      try connection.run("UPDATE cordon_lease SET token = $1, ends = '-infinity'", [.integer(stored)])
      let lease = try #require(try one.acquire("root", by: "a", for: .seconds(60), after: FencingToken(newest)))
      #expect(lease.token == FencingToken(next))
      #expect(try one.check(lease))
    }
  }

  private func statementsEnd(_ connection: PostgreSQLConnection) throws {
    #expect(throws: StorageError(.failed, state: SQLState("57014"))) {
      try connection.run("SELECT pg_sleep(30)")
    }
  }

  private func connectionsAreMadeAnew(_ connection: PostgreSQLConnection) throws {
    let ended = #expect(throws: StorageError.self) {
      try connection.run("SELECT pg_terminate_backend(pg_backend_pid())")
    }
    #expect(ended?.code == .disconnected)
    #expect(try connection.run("SELECT 1").first?.integer(0) == 1)
  }

  @Test func `refuses a server that is not there, and clear text unless it is asked for`() throws {
    #expect(throws: StorageError(.disconnected)) {
      try PostgreSQLConnection("host=/nonexistent dbname=postgres")
    }
    #expect(throws: StorageError(.disconnected)) {
      try PostgreSQLConnection("postgresql://nobody@127.0.0.1:1/postgres")
    }
  }
}
#endif
