import Ciphers
import Ledger
import Testing

/// The table of what a witness may answer and what follows.
struct SubmissionTests {
  private static let size: UInt64 = 20

  private struct World {
    let note: SignedNote
    let checkpoint: Checkpoint
    let witness: TestWitness

    init() throws {
      let pair = try keyPair([UInt8](repeating: 1, count: 32))
      let log = try #require(VerifierKey(name: "example.org/log", key: pair.verificationKey))
      checkpoint = Checkpoint(origin: log.name, size: size, root: MerkleTree.leaf([1].span))
      note = SignedNote(text: checkpoint.text, signature: try pair.sign(checkpoint.text.span), by: log)
      witness = try #require(try TestWitness("witness.example/w1", for: log, seed: 2))
    }

    func submission(known: UInt64) -> Submission {
      Submission(note, size: size, to: witness.witness, known: known)
    }
  }

  private static func sized(_ body: String, type: String? = "text/x.tlog.size") -> WitnessResponse {
    WitnessResponse(status: 409, contentType: type, body: Array(body.utf8))
  }

  @Test(
    arguments: [
      (7, sized("12\n"), Submission.Step.submit(old: 12)), (7, sized("0\n"), .submit(old: 0)),
      (7, sized("20\n"), .submit(old: 20)), (0, sized("3\n", type: "text/x.tlog.size; charset=utf-8"), .submit(old: 3)),
      (7, sized("21\n"), .end(.rolledBack(witnessed: 21))), (20, sized("21\n"), .end(.rolledBack(witnessed: 21))),
      (20, sized("20\n"), .end(.forked(witnessed: 20))), (20, sized("", type: nil), .end(.forked(witnessed: 20))),
      (20, sized("12\n"), .submit(old: 12)), (7, sized("7\n"), .end(.invalidAnswer)),
      (7, sized("12"), .end(.invalidAnswer)), (7, sized("012\n"), .end(.invalidAnswer)),
      (7, sized("+12\n"), .end(.invalidAnswer)), (7, sized("-1\n"), .end(.invalidAnswer)),
      (7, sized("12\n", type: "text/plain"), .end(.invalidAnswer)), (7, sized("12\n", type: nil), .end(.invalidAnswer)),
      (7, sized("99999999999999999999999999\n"), .end(.invalidAnswer)),
      (7, WitnessResponse(status: 422), .end(.forked(witnessed: 7))),
      (7, WitnessResponse(status: 404), .end(.unknownLog)), (7, WitnessResponse(status: 403), .end(.untrustedKey)),
      (7, WitnessResponse(status: 400), .end(.refused(status: 400))),
      (7, WitnessResponse(status: 500), .end(.refused(status: 500))),
      (7, WitnessResponse(status: 200), .end(.invalidAnswer)),
      (
        7, WitnessResponse(status: 200, body: Array("\u{2014} witness.example/w1 AAAAAAAA\n".utf8)),
        .end(.invalidAnswer)
      ),
      (7, nil, .end(.unreachable)),
    ] as [(UInt64, WitnessResponse?, Submission.Step)])
  func `goes on as the answer says`(_ known: UInt64, _ response: WitnessResponse?, _ step: Submission.Step) throws {
    var submission = try World().submission(known: known)
    #expect(submission.step == .submit(old: known))
    submission.receive(response)
    #expect(submission.step == step)
  }

  @Test(arguments: [253_402_300_799, 253_402_300_800, 1_795_230_000_000, .max] as [UInt64])
  func `takes no cosignature of a time that no timestamp can name`(_ time: UInt64) throws {
    let world = try World()
    var submission = world.submission(known: 7)
    let line = try world.witness.line(for: world.checkpoint, at: time)
    let answer = SignedNote(text: [], signatures: [line]).bytes.dropFirst()
    submission.receive(WitnessResponse(status: 200, body: Array(answer)))
    guard case .end(let outcome) = submission.step else {
      Issue.record("it did not end")
      return
    }
    #expect(
      outcome.description
        == (time == 253_402_300_799
          ? "cosigned at 9999-12-31T23:59:59.000Z" : "its answer is not one that the protocol has"))
  }

  @Test func `takes the cosignature by the witness's key, and no other`() throws {
    let world = try World()
    let line = try world.witness.line(for: world.checkpoint, at: 1_679_315_147)
    func end(_ lines: [SignedNote.SignatureLine]) -> Submission.Step {
      var submission = world.submission(known: 0)
      let body = SignedNote(text: [], signatures: lines).bytes.dropFirst()
      submission.receive(WitnessResponse(status: 200, body: Array(body)))
      return submission.step
    }
    guard case .end(.cosigned(line, let cosignature)) = end([line]) else {
      Issue.record("\(end([line]))")
      return
    }
    #expect(cosignature.time == 1_679_315_147)
    #expect(cosignature.key == world.witness.key)
    for place in line.signature.indices {
      var changed = line
      changed.signature[place] ^= 1
      #expect(end([changed]) == .end(.invalidAnswer), "byte \(place)")
      // Behind one that does not hold, the right one is found.
      #expect(end([changed, line]) == end([line]))
    }
    var renamed = line
    renamed.name = "witness.example/w2"
    #expect(end([renamed]) == .end(.invalidAnswer))
    var other = world.checkpoint
    other.size += 1
    #expect(end([try world.witness.line(for: other)]) == .end(.invalidAnswer))
    #expect(end([try world.witness.line(for: world.checkpoint, at: 1 << 63)]) == .end(.invalidAnswer))
  }

  @Test func `raises the alarm itself when more was cosigned than there is`() throws {
    #expect(try World().submission(known: 21).step == .end(.rolledBack(witnessed: 21)))
  }

  @Test func `gives up when others are always faster`() throws {
    var submission = try World().submission(known: 0)
    for size in 1...4 { submission.receive(SubmissionTests.sized("\(size)\n")) }
    #expect(submission.step == .end(.overtaken))
  }

  @Test func `writes the request as the specification has it`() throws {
    let world = try World()
    let hash = MerkleTree.emptyRoot
    let request = world.submission(known: 3).request(from: 3, proof: [hash, hash])
    #expect(request.url == "https://witness.example/w1/add-checkpoint")
    #expect(
      request.body == Array(
        "old 3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n".utf8)
        + world.note.bytes)
  }
}
