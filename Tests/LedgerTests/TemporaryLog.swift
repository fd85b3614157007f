import Ciphers
import Foundation
import Ledger
import TestKit

/// A data directory that is removed with its owner, and what tests do to its log.
struct TemporaryLog: ~Copyable {
  let data: String

  init() throws {
    // In memory where that is possible: these tests synchronise thousands of times, and none of them cuts the power.
    let memory = "/dev/shm"
    let place = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    data = "\(place)/cordon-ledger-\(UUID().uuidString)"
  }

  deinit { try? FileManager.default.removeItem(atPath: data) }

  func open(
    limits: AuditLog.Limits = AuditLog.Limits(), disk: Disk = .real
  ) throws -> AuditLog {
    try AuditLog.open(
      data: data, key: TemporaryLog.key(), clock: { Timestamp(milliseconds: 1_795_230_000_000) }, limits: limits,
      disk: disk)
  }

  /// The same key for every log of these tests; another byte gives another key.
  static func key(_ byte: UInt8 = 7) throws -> SigningKey {
    var seed = [UInt8](repeating: byte, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  /// A closed log of `count` entries, each in a batch of its own.
  func fill(_ count: Int, segmentLength: UInt64 = 64 << 20) async throws {
    var limits = AuditLog.Limits()
    limits.segmentLength = segmentLength
    let ledger = try open(limits: limits)
    for number in 0..<count { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
  }

  func verify() throws -> Verification { try AuditLog.verify(data: data, key: Custody.verifier(data: data)) }

  func fault() throws -> Fault? { try verify().fault }

  func path(_ name: String) -> String { "\(data)/log/\(name)" }

  /// The paths of the segments, in order.
  func segments() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path("segments")).sorted().map { path("segments/\($0)") }
  }

  func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

  /// Even numbers open a request, odd ones close it.
  static func entry(_ number: Int) -> Entry {
    var entry = Entry(
      number.isMultiple(of: 2) ? .requestOpened : .requestClosed,
      at: Timestamp(milliseconds: 1_795_230_000_000 + Int64(number)), request: RequestID("request-\(number / 2)"))
    entry.caller = ConfiguredName("ward-7")
    entry.status = number
    return entry
  }

  /// The places of the records in a segment's bytes, the seals among them.
  static func records(in bytes: [UInt8]) -> [Range<Int>] {
    let first = bytes[16..<24].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var start = 92 + 32 * first.nonzeroBitCount
    var records: [Range<Int>] = []
    while start + 16 <= bytes.count {
      let end = start + 16 + Int(bytes[start + 4]) + Int(bytes[start + 5]) << 8
      records.append(start..<end)
      start = end
    }
    return records
  }
}
