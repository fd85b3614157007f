import Ciphers
import Foundation
import Ledger
import TestKit
import Testing

struct SealedPartTests {
  @Test func `keeps sealed parts beside their entries and gives them back`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let parts = [try sealer.part("Maria"), try sealer.longPart(), try sealer.part("")]
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(0))
    #expect(try await ledger.append(sealer.entry(1, parts), sealing: parts) == 1)
    try await ledger.append(TemporaryLog.entry(1))
    try await ledger.close()

    let verification = try log.verify()
    #expect(verification.fault == nil)
    #expect(verification.entries == 3)
    #expect(verification.parts == 2)
    var reader = try EntryReader(data: log.data, sealed: true)
    #expect(try reader.next()?.sealed == [])
    let stored = try #require(try reader.next())
    #expect(stored.sealed == parts)
    let opened = try sealer.key.open(try #require(stored.sealed[0]), context: [1])
    #expect(opened == Array("Maria".utf8))
    #expect(try reader.next()?.index == 2)
    #expect(try reader.next() == nil)
  }

  @Test func `reads on from any entry`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let parts = try await log.fillSealed(20, by: sealer, segmentLength: 2000)
    for start in 0..<20 {
      var reader = try EntryReader(data: log.data, from: UInt64(start), sealed: true)
      let stored = try #require(try reader.next())
      #expect(stored.index == UInt64(start))
      #expect(stored.sealed == parts[start])
    }
  }

  @Test func `takes no parts but those that the entry names, in that order`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let (first, second) = (try sealer.part("a", seed: 1), try sealer.part("b", seed: 2))
    let ledger = try log.open()
    for given in [[], [first], [second, first], [first, second, second]] {
      await #expect(throws: LedgerError(.partsDisagree)) {
        try await ledger.append(sealer.entry(0, [first, second]), sealing: given)
      }
    }
    await #expect(throws: LedgerError(.partsDisagree)) {
      try await ledger.append(TemporaryLog.entry(0), sealing: [first])
    }
    try await ledger.close()
    #expect(try log.verify().entries == 0)
  }

  @Test func `refuses an entry with more references than a leaf holds`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let parts = [SealedPart](repeating: try sealer.part("a"), count: 300)
    let ledger = try log.open()
    await #expect(throws: LedgerError(.entryTooLong)) {
      try await ledger.append(sealer.entry(0, parts), sealing: parts)
    }
    try await ledger.close()
  }

  @Test func `cuts off a batch torn at any byte of its entry, its parts and its seal`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    try await log.fillSealed(1, by: sealer)
    let checkpoint = try log.bytes(log.path("checkpoint"))
    let segment = try #require(try log.segments().first)
    let before = try log.bytes(segment)
    let ledger = try log.open()
    let part = try sealer.part("b")
    try await ledger.append(sealer.entry(1, [part]), sealing: [part])
    try await ledger.close()
    let after = try log.bytes(segment)
    for length in before.count..<after.count {
      try log.write(Array(after[..<length]), to: segment)
      try log.write(checkpoint, to: log.path("checkpoint"))
      let torn = try log.verify()
      #expect(torn.fault == nil)
      #expect(torn.entries == 1)
      #expect(torn.unfinishedBytes == UInt64(length - before.count))
      let reopened = try log.open()
      #expect(try await reopened.append(TemporaryLog.entry(2)) == (length == before.count ? 1 : 2))
      try await reopened.close()
      #expect(try log.fault() == nil)
    }
  }

  @Test func `finds a flipped bit in any byte of entries, parts and blobs`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    try await log.fillSealed(4, by: sealer, segmentLength: 1500)
    let ledger = try log.open()
    let long = try sealer.longPart()
    try await ledger.append(sealer.entry(4, [long]), sealing: [long])
    try await ledger.close()
    let seed: UInt64 = 12
    var generator = SeededGenerator(seed: seed)
    let blob = log.path("blobs/\(long.digest.description.prefix(2))/\(long.digest)")
    for path in try log.segments() + [blob] {
      let bytes = try log.bytes(path)
      for index in stride(from: 0, to: bytes.count, by: bytes.count > 20_000 ? 997 : 1) {
        var changed = bytes
        changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        try log.write(changed, to: path)
        #expect(try log.fault() != nil, "byte \(index) of \(path.suffix(24)), seed \(seed)")
      }
      try log.write(bytes, to: path)
    }
    #expect(try log.fault() == nil)
  }

  @Test func `names the entry whose part was dropped, changed, moved, copied or cut short`() async throws {
    // Records of one entry: entry, part 0, part 1, seal.
    for (change, fault) in [
      ({ $0.remove(at: 5) }, Fault(.changedPart(0), at: 1)),
      ({ $0.remove(at: 6) }, Fault(.missingPart(1), at: 1)),
      ({ $0[5][20] ^= 1 }, Fault(.changedPart(0), at: 1)),
      ({ $0.swapAt(5, 6) }, Fault(.changedPart(0), at: 1)),
      ({ $0.insert($0[6], at: 7) }, Fault(.strayPart, at: 1)),
      ({ $0[5] = $0[1] }, Fault(.strayPart, at: 1)),
      ({ $0.insert($0[5], at: 4) }, Fault(.strayPart, at: 0)),
      (
        {
          $0[6].removeLast()
          $0[6][4] -= 1
        }, Fault(.changedPart(1), at: 1)
      ),
    ] as [((inout [[UInt8]]) -> Void, Fault)] {
      let log = try TemporaryLog()
      let sealer = try Sealer()
      try await log.fillSealed(3, by: sealer)
      try log.changeRecords(change)
      #expect(try log.fault() == fault)
      #expect(throws: LedgerError(.damaged(fault))) { _ = try log.open() }
    }
  }

  @Test func `misses a blob that is gone, unless its disposal is recorded for its subject`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer(1)
    let other = try Sealer(2)
    let long = try sealer.longPart()
    let blob = log.path("blobs/\(long.digest.description.prefix(2))/\(long.digest)")
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(0))
    try await ledger.append(sealer.entry(1, [long]), sealing: [long])
    try FileManager.default.removeItem(atPath: blob)
    var shredding = Entry(.subjectShredded, at: TemporaryLog.entry(2).time)
    shredding.blobs = [long.digest]
    shredding.tags = [other.subject]
    try await ledger.append(shredding)
    try await ledger.close()
    #expect(try log.fault() == Fault(.missingBlob(0), at: 1))
    let reopened = try log.open()
    shredding.tags = [sealer.subject]
    try await reopened.append(shredding)
    try await reopened.close()
    #expect(try log.fault() == nil)
    var reader = try EntryReader(data: log.data, from: 1, sealed: true)
    #expect(try reader.next()?.sealed == [nil])
  }
}
