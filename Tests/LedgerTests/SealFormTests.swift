import Bytes
import Ciphers
import Foundation
import Ledger
import Testing

/// What closes a batch is no checkpoint, so that nobody without the key can make one of it.
struct SealFormTests {
  @Test func `a seal cannot be published as the checkpoint of a shorter log`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let key = try Custody.verifier(data: log.data)
    let segment = try #require(try log.segments().first)
    let bytes = try log.bytes(segment)
    let seal = TemporaryLog.records(in: bytes)[3]
    var tree = Frontier()
    var reader = try EntryReader(data: log.data)
    while tree.size < 2, let entry = try reader.next() { tree.append(MerkleTree.leaf(entry.json.span)) }
    // The log cut after the second seal, with a checkpoint made of that and of what everybody can compute.
    let text = Checkpoint(origin: key.name, size: 2, root: tree.root).text
    let signed = Array(bytes[seal].suffix(64))
    guard let signature = Signature(signed.span) else {
      Issue.record("the last record is no seal")
      return
    }
    let note = SignedNote(text: text, signature: signature, by: key)
    #expect(Checkpoint(note: note.bytes, signedBy: key) == nil)
    try log.write(Array(bytes[..<seal.upperBound]), to: segment)
    try log.write(note.bytes, to: log.path("checkpoint"))
    try FileManager.default.removeItem(atPath: log.path("tile"))
    #expect(throws: LedgerError(.damaged(Fault(.invalidCheckpoint, at: 0)))) { _ = try log.open() }
    #expect(try log.fault()?.code == .invalidCheckpoint)
  }

  @Test func `a log whose seals are checkpoints' signatures goes on, and is checked with them`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let key = try Custody.verifier(data: log.data)
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    let empty = Checkpoint(origin: key.name, size: 0, root: MerkleTree.emptyRoot)
    bytes[15] = UInt8(ascii: "1")
    bytes.replaceSubrange(24..<88, with: try TemporaryLog.key().sign(empty.text.span).bytes)
    let checksum = definedChecksum(bytes[..<88])
    for byte in 0..<4 { bytes[88 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
    try log.write(bytes, to: segment)
    var tree = Frontier()
    try log.changeRecords { records in
      for place in records.indices {
        guard records[place][6] == 4 else {
          let json = Array(records[place][16...])
          tree.append(MerkleTree.leaf(json.span))
          continue
        }
        let text = Checkpoint(origin: key.name, size: tree.size, root: tree.root).text
        guard let signature = try? TemporaryLog.key().sign(text.span) else { continue }
        records[place][6] = 2
        records[place].replaceSubrange(16..., with: signature.bytes)
      }
    }
    #expect(try log.fault() == nil)
    #expect(try log.indexes() == [0, 1, 2])
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(4))
    try await ledger.close()
    #expect(try log.fault() == nil)
    #expect(try log.verify().entries == 4)
    let last = Array(try log.bytes(segment).suffix(80))
    #expect(last[6] == 4)
    #expect(try AuditLog.inspect(data: log.data, key: key).findings.isEmpty)
  }
}
