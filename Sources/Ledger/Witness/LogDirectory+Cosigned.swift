import Glibc

extension LogDirectory {
  /// The newest checkpoint with enough cosignatures.
  static let cosigned = "cosigned"
  /// Held while `cosigned` is replaced.
  static let witnessLock = "witness.lock"
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

  /// Keeps `note`, which has enough cosignatures of its checkpoint, in `cosigned`, unless a larger checkpoint is there.
  ///
  /// Several may have been submitted at once: the last to be answered is not always the newest.
  func keepCosigned(
    _ note: SignedNote, of checkpoint: Checkpoint, signedBy key: VerifierKey
  ) throws(LedgerError) {
    let lock = try File(opening: root.file(LogDirectory.witnessLock), O_RDWR | O_CREAT)
    // It is held for as long as it takes to replace a small file.
    var attempts = 0
    while try !lock.lock() {
      attempts += 1
      guard attempts < 5_000 else { throw LedgerError(.inUse) }
      usleep(1_000)
    }
    defer { lock.unlock() }
    if let existing = try self.note(LogDirectory.cosigned, signedBy: key)?.checkpoint {
      guard existing.size <= checkpoint.size else { return }
      guard existing.size < checkpoint.size || existing.root == checkpoint.root else {
        throw .damaged(Fault(.changed(before: existing.size), at: 0))
      }
    }
    let bytes = note.bytes
    try root.replace(LogDirectory.cosigned, with: bytes.span, mode: 0o644)
  }
}
