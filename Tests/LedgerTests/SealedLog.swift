import Bytes
import Ciphers
import Foundation
import Ledger
import TestKit

/// Sealed parts for the tests of a log, under one key.
struct Sealer: ~Copyable {
  let key: SubjectKey
  let subject: Digest

  init(_ byte: UInt8 = 1) throws {
    var secret = [UInt8](repeating: byte, count: 32)
    key = try SubjectKey(secret: SecretBytes(taking: &secret))
    subject = key.tag("subject", [byte].span)
  }

  /// The part with this text; equal numbers give equal bytes.
  func part(_ text: String, seed: UInt64 = 3) throws -> SealedPart {
    var generator = SeededGenerator(seed: seed)
    return try key.seal(Array(text.utf8).span, context: [1], using: &generator)
  }

  /// A part too long for a record.
  func longPart(seed: UInt64 = 4) throws -> SealedPart { try part(String(repeating: "x", count: 65_536), seed: seed) }

  func entry(_ number: Int, _ parts: [SealedPart]) -> Entry {
    var entry = TemporaryLog.entry(number)
    entry.event = .tokenRevealed
    entry.parts = parts.map {
      PartReference(subject: subject, digest: $0.digest, commitment: $0.commitment, length: $0.bytes.count)
    }
    return entry
  }
}

extension TemporaryLog {
  /// A closed log of `count` entries, each in a batch of its own and with two sealed parts; the parts of each.
  @discardableResult
  func fillSealed(
    _ count: Int, by sealer: borrowing Sealer, segmentLength: UInt64 = 64 << 20
  ) async throws -> [[SealedPart]] {
    var limits = AuditLog.Limits()
    limits.segmentLength = segmentLength
    let ledger = try open(limits: limits)
    var all: [[SealedPart]] = []
    for number in 0..<count {
      let parts = try (0..<2).map { try sealer.part("part \(number).\($0)", seed: UInt64(number * 2 + $0)) }
      all.append(parts)
      try await ledger.append(sealer.entry(number, parts), sealing: parts)
    }
    try await ledger.close()
    return all
  }

  /// Applies `change` to the first segment's bytes and records, and makes the checksums of the records right again.
  func changeRecords(_ change: (inout [[UInt8]]) -> Void) throws {
    guard let segment = try segments().first else { return }
    let bytes = try bytes(segment)
    let places = TemporaryLog.records(in: bytes)
    var records = places.map { Array(bytes[$0]) }
    change(&records)
    for index in records.indices { correctChecksum(&records[index]) }
    try write(Array(bytes[..<(places.first?.lowerBound ?? bytes.count)]) + records.joined(), to: segment)
  }
}
