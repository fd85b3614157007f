import Bytes
package import Ciphers

/// What an entry of a shard says of the root log.
package struct RootClaim: Hashable, Sendable {
  // So many of the newest segments are looked through for a claim: each start of a gateway makes one.
  private static let segments = 4

  /// How many entries it had.
  package let size: UInt64
  /// Its epoch; nil when the entry is from before there were epochs.
  package let epoch: RootEpoch?
  /// The root of the entries.
  package let root: Digest
  /// The entry of the shard that says so.
  package let index: UInt64

  /// What an entry says; nil when it says nothing of it.
  init?(_ entry: StoredEntry) {
    guard entry.outline.event == .rootCheckpoint, let fields = try? JSONValue(parsing: entry.json),
      let place = fields["object"]?.string.flatMap(RootPlace.init), let tags = fields["tags"]?.array, tags.count == 1,
      let root = tags[0].string.flatMap({ Digest(hexadecimal: $0) })
    else { return nil }
    (size, epoch, self.root, index) = (place.size, place.epoch, root, entry.index)
  }

  /// The newest that the shard in a data directory makes in its last segments, which `key` has to have signed; nil when
  /// there is none.
  package static func newest(in data: String, signedBy key: VerificationKey) throws(LedgerError) -> RootClaim? {
    guard try !LogDirectory(data: data).isEmpty() else { return nil }
    let verifier = try Custody.verifier(data: data)
    guard verifier.key == key else { throw LedgerError(.invalidKey) }
    let segments = try SegmentList(in: LogDirectory(data: data).segments).firsts
    var end = UInt64.max
    for first in segments.suffix(RootClaim.segments).reversed() {
      var reader = try EntryReader(data: data, signedBy: verifier, from: first)
      var found: RootClaim?
      while let entry = try reader.next(), entry.index < end { found = RootClaim(entry) ?? found }
      if let found { return found }
      end = first
    }
    return nil
  }
}

/// The epoch of a root log, by its own entries, and what was given up before there were epochs.
struct RootStanding: Hashable {
  /// Its epoch.
  private(set) var epoch: RootEpoch
  /// Up to which size what was said of it holds no more, by entries that name no epoch; nil when there is none.
  private(set) var givenUpUnnamed: UInt64?
  /// Up to which size what was said of it holds no more, by its last such entry.
  private(set) var givenUp: UInt64?

  /// One of which nothing was read yet, or one that is not there and was of this epoch.
  init(_ epoch: RootEpoch = .first) { self.epoch = epoch }

  /// One that was read before.
  init(_ epoch: RootEpoch, givenUp: UInt64?, unnamed: UInt64?) {
    (self.epoch, self.givenUp, givenUpUnnamed) = (epoch, givenUp, unnamed)
  }

  /// Takes in the next entry that says that a root log was given up.
  mutating func follow(_ entry: RootGivenUp) {
    if let next = entry.epoch {
      (epoch, givenUp) = (max(epoch, next), entry.size)
    } else {
      givenUpUnnamed = max(givenUpUnnamed ?? 0, entry.size)
      givenUp = givenUpUnnamed
    }
  }

  /// What a claim of this epoch and size is about.
  func relation(of claim: RootEpoch?, size: UInt64) -> Relation {
    guard let claim else {
      // Written before there were epochs: it is about the first, and by its size alone about what was given up of it.
      let isGivenUp = givenUpUnnamed.map { size <= $0 } ?? false
      return epoch > .first || isGivenUp ? .past : .present
    }
    return claim < epoch ? .past : claim == epoch ? .present : .later
  }

  /// What a claim is about.
  enum Relation: Hashable {
    /// A root log that was given up.
    case past
    /// The one that is there.
    case present
    /// One that was begun when the one that is there was given up.
    case later
  }
}
