import Ciphers
import Foundation
import Ledger
import Testing

/// A log goes on from where somebody kept that it stood.
struct LogStandingTests {
  @Test func `one that was put back to an earlier state, or taken away, does not`() async throws {
    let log = try TemporaryLog()
    let key = try TemporaryLog.key().verificationKey
    #expect(try LogStanding(data: log.data, extending: nil, signedBy: key) == nil)
    try await log.fill(2)
    let earlier = "\(log.data)-earlier"
    try FileManager.default.copyItem(atPath: log.data, toPath: earlier)
    defer { try? FileManager.default.removeItem(atPath: earlier) }
    let first = try #require(try LogStanding(data: log.data, extending: nil, signedBy: key))
    let ledger = try log.open()
    for number in 4..<8 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    let second = try #require(try LogStanding(data: log.data, extending: first.note, signedBy: key))
    #expect([first.size, second.size] == [2, 6])
    // Everything of the log is put back, its checkpoint and tiles with it: by itself it is whole.
    try FileManager.default.removeItem(atPath: "\(log.data)/log")
    try FileManager.default.copyItem(atPath: "\(earlier)/log", toPath: "\(log.data)/log")
    #expect(try log.fault() == nil)
    #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 6), at: 2)))) {
      try LogStanding(data: log.data, extending: second.note, signedBy: key)
    }
    // It grows again to that size and beyond, by other entries.
    let forked = try log.open()
    for number in 10..<16 { try await forked.append(TemporaryLog.entry(number)) }
    try await forked.close()
    #expect(throws: LedgerError(.damaged(Fault(.forked(signed: 6), at: 0)))) {
      try LogStanding(data: log.data, extending: second.note, signedBy: key)
    }
    for name in ["log", "keys/log.begun"] { try FileManager.default.removeItem(atPath: "\(log.data)/\(name)") }
    #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 6), at: 0)))) {
      try LogStanding(data: log.data, extending: second.note, signedBy: key)
    }
    let stranger = try TemporaryLog.key(9).verificationKey
    #expect(throws: LedgerError(.foreignMark)) {
      try LogStanding(data: log.data, extending: second.note, signedBy: stranger)
    }
  }

  /// After a power loss the tiles may be gone: then the log is read, and not all of it.
  @Test func `without tiles it is read from the segment in which the mark lies`() async throws {
    let log = try TemporaryLog()
    let key = try TemporaryLog.key().verificationKey
    try await log.fill(20, segmentLength: 1200)
    let marked = try #require(try LogStanding(data: log.data, extending: nil, signedBy: key))
    var limits = AuditLog.Limits()
    limits.segmentLength = 1200
    let ledger = try log.open(limits: limits)
    for number in 20..<30 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    try FileManager.default.removeItem(atPath: log.path("tile"))
    // Nobody looks at what lies before the mark's segment: a change there is for `verify` to find.
    let segments = try log.segments()
    #expect(segments.count > 5)
    for path in segments.prefix(3) {
      var bytes = try log.bytes(path)
      bytes[bytes.count / 2] ^= 1
      try log.write(bytes, to: path)
    }
    #expect(try LogStanding(data: log.data, extending: marked.note, signedBy: key)?.size == 30)
    // What lies after it is read, and what the mark says is held against it.
    let last = try #require(segments.last)
    var bytes = try log.bytes(last)
    bytes[bytes.count / 2] ^= 1
    try log.write(bytes, to: last)
    #expect(throws: LedgerError.self) { try LogStanding(data: log.data, extending: marked.note, signedBy: key) }
    bytes[bytes.count / 2] ^= 1
    try log.write(bytes, to: last)
    let other = try TemporaryLog()
    let fork = try other.open()
    for number in 40..<60 { try await fork.append(TemporaryLog.entry(number)) }
    try await fork.close()
    let forked = try #require(try LogStanding(data: other.data, extending: nil, signedBy: key))
    #expect(forked.size == 20)
    #expect(throws: LedgerError(.damaged(Fault(.forked(signed: 20), at: 0)))) {
      try LogStanding(data: log.data, extending: forked.note, signedBy: key)
    }
  }

  @Test func `an open log says where it stands as soon as somebody waits for it`() async throws {
    let log = try TemporaryLog()
    let key = try TemporaryLog.key().verificationKey
    var limits = AuditLog.Limits()
    limits.checkpointInterval = .seconds(3600)
    let ledger = try log.open(limits: limits)
    for number in 0..<4 {
      let index = try await ledger.append(TemporaryLog.entry(number))
      let standing = try await ledger.standing(covering: index + 1)
      #expect(standing.size == index + 1)
      #expect(try LogStanding(data: log.data, extending: nil, signedBy: key) == standing)
      #expect(try standing.isPublished(in: log.data, signedBy: key))
    }
    let before = try log.bytes(log.path("checkpoint"))
    try await ledger.append(TemporaryLog.entry(4))
    try await ledger.close()
    let last = try await ledger.standing(covering: 5)
    #expect(last.size == 5)
    try log.write(before, to: log.path("checkpoint"))
    #expect(try !last.isPublished(in: log.data, signedBy: key))
    await #expect(throws: LedgerError(.closed)) { try await ledger.standing(covering: 6) }
  }
}
