package import Ciphers

/// Where a log stands by its published checkpoint, and whether it goes on from where it stood.
package struct LogStanding: Hashable, Sendable {
  /// What the log of a single gateway is called where it is kept that it stood somewhere.
  package static let log = "log"

  /// How many entries the published checkpoint covers.
  package let size: UInt64
  /// Its signed note.
  package let note: [UInt8]

  init(size: UInt64, note: [UInt8]) { (self.size, self.note) = (size, note) }

  /// Whether what the log of a data directory has published since is no less: another note of as many entries, or one of
  /// fewer, was put in its place.
  package func isPublished(in data: String, signedBy key: VerificationKey) throws(LedgerError) -> Bool {
    guard let note = try LogDirectory(data: data).root.content(of: LogDirectory.checkpoint),
      let found = RootCheckpoint(note: note, signedBy: key)?.checkpoint
    else { return false }
    let own = RootCheckpoint(note: self.note, signedBy: key)?.checkpoint
    return found.size > size || found.size == size && found.root == own?.root
  }

  /// Throws `damaged` unless a log that stands at `standing` has the entry `index`, which was said to be in it.
  ///
  /// It may be one that no published checkpoint covers yet.
  package static func check(
    _ standing: LogStanding?, has index: UInt64, in data: String, signedBy key: VerificationKey
  ) throws(LedgerError) {
    guard let standing else { throw .damaged(Fault(.truncated(signed: index + 1), at: 0)) }
    guard standing.size <= index else { return }
    guard let root = RootCheckpoint(note: standing.note, signedBy: key) else { throw LedgerError(.foreignMark) }
    var reader = try EntryReader(data: data, signedBy: root.verifier(key), from: standing.size)
    while let entry = try reader.next() { if entry.index >= index { return } }
    throw .damaged(Fault(.truncated(signed: index + 1), at: standing.size))
  }

  /// Where the log of a data directory stands, which `key` signs; nil when there never was one.
  ///
  /// It has to have the name that the note `mark` says, and to begin with the entries that it says: whoever kept that note
  /// kept it before this is called.
  package init?(data: String, extending mark: [UInt8]?, signedBy key: VerificationKey) throws(LedgerError) {
    var marked: Checkpoint?
    if let mark {
      guard let known = RootCheckpoint(note: mark, signedBy: key) else { throw LedgerError(.foreignMark) }
      marked = known.checkpoint
    }
    let log = LogDirectory(data: data)
    guard let note = try log.root.content(of: LogDirectory.checkpoint) else {
      if let marked, marked.size > 0 { throw .damaged(Fault(.truncated(signed: marked.size), at: 0)) }
      guard try log.isEmpty() else { throw .damaged(Fault(.missingCheckpoint, at: 0)) }
      return nil
    }
    guard let found = RootCheckpoint(note: note, signedBy: key)?.checkpoint,
      found.origin == marked?.origin ?? found.origin
    else { throw .damaged(Fault(.invalidCheckpoint, at: 0)) }
    if let marked {
      guard found.size >= marked.size else { throw .damaged(Fault(.truncated(signed: marked.size), at: found.size)) }
      guard try found.extends(marked.size, root: marked.root, in: data, signedBy: key) else {
        throw .damaged(Fault(.forked(signed: marked.size), at: 0))
      }
    }
    (size, self.note) = (found.size, note)
  }
}
