import Ciphers
import Foundation
import Ledger
import Testing

/// The signature at the end of each batch.
struct SealTests {
  @Test(arguments: 0..<4) func `is checked wherever it is, and named where it was replaced`(_ number: Int) async throws
  {
    let log = try TemporaryLog()
    try await log.fill(4)
    try log.changeRecords { records in
      for byte in 16..<80 { records[number * 2 + 1][byte] = 0xAA }
    }
    let fault = Fault(.changed(before: UInt64(number + 1)), at: UInt64(number))
    #expect(try log.fault() == fault)
    #expect(try findings(of: log) == [.fault(fault)])
  }

  @Test func `names every one that was replaced before one that holds`() async throws {
    let log = try TemporaryLog()
    try await log.fill(8, segmentLength: 700)
    try log.changeRecords { records in
      for place in [1, 3] { records[place][20] ^= 1 }
    }
    #expect(
      try findings(of: log) == [.fault(Fault(.changed(before: 1), at: 0)), .fault(Fault(.changed(before: 2), at: 1))])
  }

  @Test func `is held against a checkpoint of a size that no batch ends with`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(0))
    // What the log says about the clock is in the same batch as the entry that showed it.
    for days in [0, 1, 2] as [Int64] {
      try await ledger.append(Entry(.keyCreated, at: Timestamp(milliseconds: 1_800_000_000_000 + days * 86_400_000)))
    }
    try await ledger.close()
    var tree = Frontier()
    var reader = try EntryReader(data: log.data)
    while tree.size < 4, let entry = try reader.next() { tree.append(MerkleTree.leaf(entry.json.span)) }
    let key = try Custody.verifier(data: log.data)
    #expect(try log.verify().entries == 7)

    for (root, fault) in [
      (tree.root, nil), (MerkleTree.emptyRoot, Fault(.forked(signed: 4), at: 0)),
    ] as [(Digest, Fault?)] {
      let checkpoint = Checkpoint(origin: key.name, size: 4, root: root)
      let signature = try TemporaryLog.key().sign(checkpoint.text.span)
      let note = SignedNote(text: checkpoint.text, signature: signature, by: key)
      try log.write(note.bytes, to: log.path("checkpoint"))
      #expect(try log.fault() == fault)
      #expect(try findings(of: log) == [fault].compactMap { $0.map(Inspection.Problem.fault) })
      if fault == nil {
        try await log.open().close()
      } else {
        #expect(throws: LedgerError(.damaged(Fault(.changed(before: 4), at: 0)))) { _ = try log.open() }
      }
    }
  }

  private func findings(of log: borrowing TemporaryLog) throws -> [Inspection.Problem] {
    try AuditLog.inspect(data: log.data, key: Custody.verifier(data: log.data)).findings.map(\.problem)
  }
}
