import Bytes
import Ciphers
import Foundation
import Ledger
import Testing

struct ReceiptTests {
  private func made(_ index: UInt64, of log: borrowing TemporaryLog) throws -> (Receipt, [UInt8], VerifierKey) {
    let key = try Custody.verifier(data: log.data)
    var writer = try ReceiptWriter(data: log.data, key: key, covering: index)
    return (try writer.receipt(of: index), try writer.entry(index), key)
  }

  @Test func `proves each entry to whoever has its bytes and the key`() async throws {
    let log = try TemporaryLog()
    try await log.fill(300)
    for index in [0, 1, 127, 255, 256, 299] as [UInt64] {
      let (receipt, entry, key) = try made(index, of: log)
      let parsed = try #require(Receipt(parsing: receipt.bytes))
      #expect(parsed == receipt)
      #expect(parsed.bytes == receipt.bytes)
      let checkpoint = try #require(Checkpoint(note: try log.bytes(log.path("checkpoint")), signedBy: key))
      #expect(parsed.check(entry.span, key: key) == .holds(checkpoint, cosignatures: []))
      #expect(entry == TemporaryLog.entry(Int(index)).json)
    }
  }

  @Test func `proves entries against the cosigned checkpoint after the tiles were made anew`() async throws {
    let log = try TemporaryLog()
    try await log.fill(100)
    let cosigned = try log.bytes(log.path("checkpoint"))
    let ledger = try log.open()
    for number in 100..<150 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    let key = try Custody.verifier(data: log.data)
    _ = try AuditLog.rebuildTiles(data: log.data, key: key)
    try log.write(cosigned, to: log.path("cosigned"))
    let (receipt, entry, _) = try made(5, of: log)
    let checkpoint = try #require(Checkpoint(note: cosigned, signedBy: key))
    #expect(checkpoint.size == 100)
    #expect(receipt.check(entry.span, key: key) == .holds(checkpoint, cosignatures: []))
  }

  @Test func `takes the published checkpoint where the tiles of the cosigned one are lost`() async throws {
    let log = try TemporaryLog()
    try await log.fill(300)
    let cosigned = try log.bytes(log.path("checkpoint"))
    let ledger = try log.open()
    for number in 300..<512 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    try log.write(cosigned, to: log.path("cosigned"))
    let key = try Custody.verifier(data: log.data)
    let lost = try TileReader(data: log.data, at: try #require(Checkpoint(note: cosigned, signedBy: key)))
    #expect(lost.checkpoint.size == 300)
    try FileManager.default.removeItem(atPath: log.path("tile/0/001"))
    // The full tile is needed for the cosigned checkpoint's edge alone, and the proof of an entry is not.
    let (receipt, entry, _) = try made(5, of: log)
    guard case .holds(let checkpoint, _) = receipt.check(entry.span, key: key) else {
      Issue.record("it does not hold")
      return
    }
    #expect(checkpoint.size == 512)
  }

  @Test func `holds for no log larger than its numbers`() throws {
    let pair = try keyPair([UInt8](repeating: 1, count: 32))
    let key = try #require(VerifierKey(name: "example.org/log", key: pair.verificationKey))
    for (size, check) in [
      (UInt64(Int.max), Receipt.Check.unproven), (UInt64(Int.max) + 1, .unsigned), (.max, .unsigned),
    ] {
      let checkpoint = Checkpoint(origin: key.name, size: size, root: MerkleTree.emptyRoot)
      let note = SignedNote(text: checkpoint.text, signature: try pair.sign(checkpoint.text.span), by: key)
      #expect(Receipt(index: 1, proof: [], note: note).check([1].span, key: key) == check)
    }
  }

  @Test func `is written as the specification has it`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    var (receipt, _, _) = try made(2, of: log)
    receipt.extra = [1, 2, 3]
    let left = MerkleTree.node(
      MerkleTree.leaf(TemporaryLog.entry(0).json.span), MerkleTree.leaf(TemporaryLog.entry(1).json.span))
    let checkpoint = String(decoding: try log.bytes(log.path("checkpoint")), as: UTF8.self)
    #expect(
      String(decoding: receipt.bytes, as: UTF8.self) == """
        c2sp.org/tlog-proof@v1
        extra AQID
        index 2
        \(Base64.encode(left.bytes))

        \(checkpoint)
        """)
    #expect(Receipt(parsing: receipt.bytes) == receipt)
  }

  @Test func `holds for nothing that was changed`() async throws {
    let log = try TemporaryLog()
    try await log.fill(21)
    let (receipt, entry, key) = try made(13, of: log)
    func check(_ receipt: Receipt, _ entry: [UInt8], _ key: VerifierKey) -> Receipt.Check {
      receipt.check(entry.span, key: key)
    }
    for place in entry.indices {
      var changed = entry
      changed[place] ^= 1
      #expect(check(receipt, changed, key) == .unproven)
    }
    #expect(check(receipt, entry + [0], key) == .unproven)
    for index in 0..<30 as Range<UInt64> where index != 13 {
      var changed = receipt
      changed.index = index
      #expect(check(changed, entry, key) == (index < 21 ? .unproven : .uncovered))
    }
    for place in receipt.proof.indices {
      var changed = receipt
      changed.proof[place] = MerkleTree.leaf([1].span)
      #expect(check(changed, entry, key) == .unproven)
      changed.proof.remove(at: place)
      #expect(check(changed, entry, key) == .unproven)
    }
    let seed = [UInt8](repeating: 9, count: 32)
    let other = try #require(VerifierKey(name: key.name, key: try keyPair(seed).verificationKey))
    #expect(check(receipt, entry, other) == .unsigned)
    let renamed = try #require(VerifierKey(name: "other.example/log", key: key.key))
    #expect(check(receipt, entry, renamed) == .unsigned)
    let cosigner = try #require(VerifierKey(name: key.name, key: key.key, kind: .cosignature))
    #expect(check(receipt, entry, cosigner) == .unsigned)
  }

  @Test func `holds with no byte changed, inserted or removed`() async throws {
    let log = try TemporaryLog()
    try await log.fill(5)
    let (receipt, entry, key) = try made(3, of: log)
    let bytes = receipt.bytes
    func holds(_ bytes: [UInt8]) -> Bool {
      if case .holds? = Receipt(parsing: bytes)?.check(entry.span, key: key) { true } else { false }
    }
    #expect(holds(bytes))
    for place in bytes.indices {
      for bit in 0..<8 as Range<UInt8> {
        var changed = bytes
        changed[place] ^= 1 << bit
        #expect(!holds(changed), "byte \(place)")
      }
      var changed = bytes
      changed.remove(at: place)
      #expect(!holds(changed), "byte \(place)")
      for byte in [0x0A, 0x20, 0x30] as [UInt8] {
        changed = bytes
        changed.insert(byte, at: place)
        #expect(!holds(changed), "before byte \(place)")
      }
    }
  }

  @Test(arguments: [
    "", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n\no\n1\nAAAA\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nindex 00\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nindex -1\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\n\nindex 0\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\no\n\n\u{2014} o AAAAAAAA\n",
    "c2sp.org/tlog-proof@v1\nindex 0\n\no\n",
  ])
  func `refuses what is no receipt`(_ text: String) {
    #expect(Receipt(parsing: Array(text.utf8)) == nil)
  }

  @Test func `says which entries the checkpoint does not cover`() async throws {
    let log = try TemporaryLog()
    try await log.fill(5)
    let key = try Custody.verifier(data: log.data)
    #expect(throws: LedgerError(.uncovered(6))) { _ = try ReceiptWriter(data: log.data, key: key, covering: 5) }
  }
}

/// The key pair of a seed.
func keyPair(_ seed: [UInt8]) throws -> SigningKey {
  var seed = seed
  return try SigningKey(seed: SecretBytes(taking: &seed))
}
