#if canImport(CPostgreSQL)
import Foundation
import Glibc
import Storage
import Testing

/// A server that speaks PostgreSQL's protocol so far that a client connects, and then answers as it likes.
private final class HostileServer: Sendable {
  let address: String
  private let descriptor: Int32

  /// Answers each batch of messages with these bytes; with none, not at all.
  init(answering answer: [UInt8]) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = unsafe withUnsafeMutablePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(descriptor, address, length) == 0 && listen(descriptor, 4) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    try #require(isBound)
    let port = UInt16(bigEndian: place.sin_port)
    address = "host=127.0.0.1 port=\(port) dbname=x user=x sslmode=disable gssencmode=disable"
    Thread.detachNewThread {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread { HostileServer.serve(client, answer) }
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private static func serve(_ client: Int32, _ answer: [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isGreeted = false
    while unsafe read(client, &buffer, buffer.count) > 0 {
      let bytes = isGreeted ? answer : message("R", [0, 0, 0, 0]) + message("Z", Array("I".utf8))
      isGreeted = true
      let count = unsafe send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      guard count == bytes.count else { break }
    }
    close(client)
  }

  static func message(_ kind: String, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(body.count + 4)
    return Array(kind.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + body
  }
}

@Suite(.timeLimit(.minutes(30)))
struct HostileServerTests {
  private static func answer(_ rows: Int) -> [UInt8] {
    let row = HostileServer.message("D", [0, 0])
    return HostileServer.message("1", []) + HostileServer.message("2", []) + HostileServer.message("T", [0, 0])
      + (0..<rows).flatMap { _ in row } + HostileServer.message("C", Array("SELECT 1".utf8) + [0])
      + HostileServer.message("Z", Array("I".utf8))
  }

  @Test func `a server that says nothing is waited for so long and no longer`() throws {
    let server = try HostileServer(answering: [])
    let connection = try PostgreSQLConnection(server.address, patience: .seconds(2))
    #expect(throws: StorageError(.disconnected)) { try connection.run("SELECT 1") }
    #expect(throws: StorageError(.disconnected)) { _ = try PostgreSQLLeases(connection) }
  }

  @Test func `a row without columns has none of the values that were asked for`() throws {
    let server = try HostileServer(answering: HostileServerTests.answer(1))
    let connection = try PostgreSQLConnection(server.address)
    let rows = try connection.run("SELECT 1")
    #expect(rows.count == 1)
    #expect(rows.first?.integer(0) == nil && rows.first?.text(7) == nil && rows.first?.bytes(-1) == nil)
    let leases = try PostgreSQLLeases(connection)
    #expect(throws: StorageError(.corrupt)) { try leases.acquire("root", by: "a", for: .seconds(1)) }
  }

  @Test func `an answer with more rows than anybody asks for is none`() throws {
    let server = try HostileServer(answering: HostileServerTests.answer(20_000))
    let connection = try PostgreSQLConnection(server.address)
    #expect(throws: StorageError(.corrupt)) { try connection.run("SELECT 1") }
  }
}
#endif
