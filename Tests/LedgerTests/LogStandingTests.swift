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
}
