import Bytes
import Ciphers
import Ledger
import Synchronization

/// A witness by C2SP `tlog-witness`, which keeps the newest checkpoint of one log.
final class TestWitness: Sendable {
  let key: VerifierKey
  let witness: Witness
  private let seed: [UInt8]
  private let log: VerifierKey
  private let newest = Mutex(Checkpoint?.none)

  init?(_ name: String, for log: VerifierKey, seed: UInt8) throws {
    self.seed = [UInt8](repeating: seed, count: 32)
    self.log = log
    guard let key = VerifierKey(name: name, key: try keyPair(self.seed).verificationKey, kind: .cosignature),
      let witness = Witness(key: key, url: "https://\(name)/")
    else { return nil }
    self.key = key
    self.witness = witness
  }

  var size: UInt64 { newest.withLock { $0?.size ?? 0 } }

  func line(for checkpoint: Checkpoint, at time: UInt64 = 1_795_230_000) throws -> SignedNote.SignatureLine {
    let message = Array("cosignature/v1\ntime \(time)\n".utf8) + checkpoint.text
    let signature = try keyPair(seed).sign(message.span).bytes
    let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) }
    return SignedNote.SignatureLine(name: key.name, keyHash: key.hash, signature: stamp + signature)
  }

  /// The answer to a posted body.
  func answer(_ body: [UInt8]) throws -> WitnessResponse {
    guard let blank = body.indices.dropLast().first(where: { body[$0] == 0x0A && body[$0 + 1] == 0x0A }) else {
      return WitnessResponse(status: 400)
    }
    let lines = String(decoding: body[..<blank], as: UTF8.self).split(separator: "\n")
    guard lines[0].hasPrefix("old "), let old = UInt64(lines[0].dropFirst(4)),
      let checkpoint = Checkpoint(note: Array(body[(blank + 2)...]), signedBy: log)
    else { return WitnessResponse(status: 403) }
    let proof = lines.dropFirst().compactMap { Base64.decode(String($0)).flatMap { Digest($0.span) } }
    return try newest.withLock { newest in
      let last = newest ?? Checkpoint(origin: log.name, size: 0, root: MerkleTree.emptyRoot)
      guard old <= checkpoint.size else { return WitnessResponse(status: 400) }
      guard old == last.size, old != checkpoint.size || last.root == checkpoint.root else {
        return WitnessResponse(status: 409, contentType: "text/x.tlog.size", body: Array("\(last.size)\n".utf8))
      }
      guard
        MerkleProof.proves(
          old, root: last.root, isBeginningOf: checkpoint.size, root: checkpoint.root, by: proof)
      else { return WitnessResponse(status: 422) }
      newest = checkpoint
      let stranger = "\u{2014} stranger.example AAAAAAAA\n"
      let line = SignedNote(text: [], signatures: [try line(for: checkpoint)]).bytes.dropFirst()
      return WitnessResponse(status: 200, body: Array(stranger.utf8) + line)
    }
  }
}
