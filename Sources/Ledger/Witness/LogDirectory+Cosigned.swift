extension LogDirectory {
  /// The newest checkpoint with enough cosignatures.
  static let cosigned = "cosigned"
  /// The list of witnesses.
  static let witnesses = "witnesses"

  /// The note in the file of this name and its checkpoint; nil when there is none.
  func note(
    _ name: String, signedBy key: VerifierKey
  ) throws(LedgerError) -> (note: SignedNote, checkpoint: Checkpoint)? {
    guard let bytes = try root.content(of: name) else { return nil }
    guard let note = SignedNote(parsing: bytes), let checkpoint = note.checkpoint(signedBy: key) else {
      throw .damaged(Fault(.invalidCheckpoint, at: 0))
    }
    return (note, checkpoint)
  }
}
