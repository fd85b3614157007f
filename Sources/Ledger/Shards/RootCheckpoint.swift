import Bytes
package import Ciphers

/// Where the root log stood, in the words that it signed.
package struct RootCheckpoint: Hashable, Sendable {
  /// The signed note, as it was published.
  package let note: [UInt8]
  /// What it says.
  package let checkpoint: Checkpoint

  /// The checkpoint that a note of this key is, of whatever origin; nil when it is none.
  package init?(note: [UInt8], signedBy key: VerificationKey) {
    guard let text = SignedNote(parsing: note)?.text, let said = Checkpoint(text: text),
      let verifier = VerifierKey(name: said.origin, key: key),
      let checkpoint = Checkpoint(note: note, signedBy: verifier)
    else { return nil }
    (self.note, self.checkpoint) = (note, checkpoint)
  }

  /// The key with which the log that published it is checked, where `key` signed it.
  func verifier(_ key: VerificationKey) throws(LedgerError) -> VerifierKey {
    guard let verifier = VerifierKey(name: checkpoint.origin, key: key) else { throw LedgerError(.invalidKey) }
    return verifier
  }

  /// The entry with which a shard says that the root log stood here.
  ///
  /// `object` is the number of its entries and its epoch, the one tag their root. A shard that says so contradicts a root
  /// log that was cut back or written anew, until that root log is given up.
  package func entry(in epoch: RootEpoch, at time: Timestamp) -> Entry {
    var entry = Entry(.rootCheckpoint, at: time)
    entry.object = ConfiguredName("\(checkpoint.size):\(epoch)")
    entry.tags = [checkpoint.root]
    return entry
  }
}

/// Where a root log stood by what the vault keeps of it.
package struct RootMark: Hashable, Sendable {
  /// The signed note of its checkpoint.
  package let note: [UInt8]
  /// Its epoch.
  package let epoch: RootEpoch

  /// A mark.
  package init(note: [UInt8], epoch: RootEpoch) { (self.note, self.epoch) = (note, epoch) }
}
