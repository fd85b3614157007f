import Ciphers

/// Has the published checkpoint of a log cosigned by its witnesses.
package struct Witnessing: Sendable {
  /// What came of it.
  package struct Report: Sendable {
    /// How many entries the submitted checkpoint covers.
    package let size: UInt64
    /// How it ended with each witness, in the order of the list.
    package let outcomes: [(witness: Witness, outcome: Submission.Outcome)]
    /// How many cosignatures are wanted.
    package let quorum: Int
    /// How many there are.
    package let cosignatures: Int

    /// Whether enough witnesses cosigned, and the checkpoint or a larger one is kept in `cosigned`.
    package var isCosigned: Bool { cosignatures > 0 && cosignatures >= quorum }
    /// Whether a witness saw a log that this one does not extend.
    package var isAlarm: Bool { outcomes.contains { $0.outcome.isAlarm } }
  }

  private let log: LogDirectory
  private let key: VerifierKey
  private let list: WitnessList
  private let note: SignedNote
  private let cosigned: SignedNote?
  private let cosignedSize: UInt64
  private let tiles: TileReader

  /// Prepares to submit the published checkpoint of the log of a data directory to these witnesses, or to those that its
  /// file names.
  ///
  /// It fails when the log does not extend the checkpoint that was cosigned last: no witness is needed to see that.
  package init(data: String, key: VerifierKey, list: WitnessList? = nil) throws(LedgerError) {
    log = LogDirectory(data: data)
    self.list = if let list { list } else { try WitnessList(data: data) }
    guard let (note, checkpoint) = try log.note(LogDirectory.checkpoint, signedBy: key) else {
      throw LedgerError(.missing)
    }
    var tiles = try TileReader(data: data, at: checkpoint)
    let last = try log.note(LogDirectory.cosigned, signedBy: key)
    if let last = last?.checkpoint {
      guard last.size <= checkpoint.size else {
        throw .damaged(Fault(.truncated(signed: last.size), at: checkpoint.size))
      }
      guard try tiles.root(ofSize: last.size) == last.root else {
        throw .damaged(Fault(.changed(before: last.size), at: 0))
      }
    }
    self.note = note
    self.key = key
    cosigned = last?.note
    cosignedSize = last?.checkpoint.size ?? 0
    self.tiles = tiles
  }

  /// Submits the checkpoint to all witnesses at once, and keeps it in `cosigned` when enough of them cosigned it.
  package func push(over transport: @escaping WitnessTransport) async throws(LedgerError) -> Report {
    let results = await withTaskGroup(of: (Int, Result<Submission.Outcome, LedgerError>).self) { group in
      for (place, witness) in list.witnesses.enumerated() {
        group.addTask { (place, await submit(to: witness, over: transport)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    var note = note
    var outcomes: [(witness: Witness, outcome: Submission.Outcome)] = []
    for (place, witness) in list.witnesses.enumerated() {
      guard let outcome = try results[place]?.get() else { continue }
      outcomes.append((witness, outcome))
      if case .cosigned(let line, _) = outcome { note.signatures.append(line) }
    }
    let count = note.cosignatures(by: list.policy.keys).count
    let report = Report(
      size: tiles.checkpoint.size, outcomes: outcomes, quorum: list.policy.quorum, cosignatures: count)
    if report.isCosigned {
      try log.keepCosigned(note, of: tiles.checkpoint, signedBy: key)
    }
    return report
  }

  private func submit(
    to witness: Witness, over transport: @escaping WitnessTransport
  ) async -> Result<Submission.Outcome, LedgerError> {
    let known = cosigned.map { $0.cosignatures(by: [witness.key]).isEmpty ? 0 : cosignedSize } ?? 0
    var submission = Submission(note, size: tiles.checkpoint.size, to: witness, known: known)
    var tiles = tiles
    while case .submit(let old) = submission.step {
      do throws(LedgerError) {
        let proof = try tiles.consistency(from: old, to: tiles.checkpoint.size)
        submission.receive(try? await transport(submission.request(from: old, proof: proof)))
      } catch {
        return .failure(error)
      }
    }
    guard case .end(let outcome) = submission.step else { return .success(.invalidAnswer) }
    return .success(outcome)
  }
}
