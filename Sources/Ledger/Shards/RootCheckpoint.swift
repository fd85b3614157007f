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

  /// The entry with which a shard says that the root log stood here.
  ///
  /// `object` is the number of its entries, the one tag their root. A shard that says so contradicts a root log that was
  /// cut back or written anew.
  package func entry(at time: Timestamp) -> Entry {
    var entry = Entry(.rootCheckpoint, at: time)
    entry.object = ConfiguredName(String(checkpoint.size))
    entry.tags = [checkpoint.root]
    return entry
  }
}

/// What an entry of a shard says of the root log.
package struct RootClaim: Hashable, Sendable {
  // So many of the newest segments are looked through for a claim: each start of a gateway makes one.
  private static let segments = 4

  /// How many entries it had.
  package let size: UInt64
  /// Their root.
  package let root: Digest
  /// The entry of the shard that says so.
  package let index: UInt64

  /// What an entry says; nil when it says nothing of it.
  init?(_ entry: StoredEntry) {
    guard entry.outline.event == .rootCheckpoint, let fields = try? JSONValue(parsing: entry.json),
      let size = fields["object"]?.string.flatMap({ UInt64($0) }), let tags = fields["tags"]?.array, tags.count == 1,
      let root = tags[0].string.flatMap({ Digest(hexadecimal: $0) })
    else { return nil }
    (self.size, self.root, index) = (size, root, entry.index)
  }

  /// The newest that the shard in a data directory makes in its last segments; nil when there is none.
  package static func newest(in data: String) throws(LedgerError) -> RootClaim? {
    let segments = try SegmentList(in: LogDirectory(data: data).segments).firsts
    var end = UInt64.max
    for first in segments.suffix(RootClaim.segments).reversed() {
      var reader = try EntryReader(data: data, from: first)
      var found: RootClaim?
      while let entry = try reader.next(), entry.index < end { found = RootClaim(entry) ?? found }
      if let found { return found }
      end = first
    }
    return nil
  }
}

/// That somebody took a root log as it was, though it was not what it had been.
struct RootGivenUp: Hashable, Sendable {
  /// Up to which size what was said of the root log does not hold any more.
  let size: UInt64
  /// The entry of the root log that says so.
  let index: UInt64

  /// The entry: `object` is the size, `before` the root that it had and `after` the one that was found.
  static func entry(
    of size: UInt64, before: Digest?, after: Digest, by people: [Pseudonym], at time: Timestamp
  ) -> Entry {
    var entry = Entry(.rootGivenUp, at: time)
    entry.object = ConfiguredName(String(size))
    (entry.before, entry.after, entry.people) = (before, after, people)
    return entry
  }

  init?(_ entry: StoredEntry) {
    guard entry.outline.event == .rootGivenUp, let fields = try? JSONValue(parsing: entry.json),
      let size = fields["object"]?.string.flatMap({ UInt64($0) })
    else { return nil }
    (self.size, index) = (size, entry.index)
  }
}
