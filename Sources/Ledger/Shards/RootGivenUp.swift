import Bytes
package import Ciphers

/// That two people took a log as it was, though it was not what it had been.
struct RootGivenUp: Hashable, Sendable {
  /// How many entries the root log had that is given up.
  let size: UInt64
  /// The epoch that begins; nil in an entry from before there were epochs.
  let epoch: RootEpoch?
  /// By which proposal; nil in an entry from when one person could.
  let approval: String?

  /// What the JSON of an entry says; nil when it says something else.
  init?(_ json: [UInt8]) {
    guard let fields = try? JSONValue(parsing: json), fields["event"]?.string == Event.rootGivenUp.rawValue,
      let place = fields["object"]?.string.flatMap(RootPlace.init)
    else { return nil }
    (size, epoch, approval) = (place.size, place.epoch, fields["approval"]?.string)
  }

  /// What an entry says; nil when it says something else.
  init?(_ entry: StoredEntry) {
    guard entry.outline.event == .rootGivenUp else { return nil }
    self.init(entry.json)
  }
}

/// What two people have agreed to when they give up a log.
package struct RootAgreement: Hashable, Sendable {
  /// The name of the proposal.
  package let approval: ConfiguredName
  /// Why.
  package let reason: Justification
  /// Who proposed it and who approved it.
  package let people: [Pseudonym]
  /// The log that is taken.
  package let found: RootFound
  /// What the root log had recorded of the shard that is given up; nil for other logs.
  private let recorded: RootFound?
  /// How many entries it had recorded, of an agreement from when that was all that was signed.
  private let recordedSize: UInt64?

  /// An agreement; `recorded` is the word for what the root log had recorded of a shard, or, from before, the size alone.
  package init(
    approval: ConfiguredName, reason: Justification, people: [Pseudonym], found: RootFound, recorded: String? = nil
  ) {
    (self.approval, self.reason, self.people) = (approval, reason, people)
    self.found = found
    self.recorded = recorded.flatMap { RootFound($0) }
    recordedSize = recorded.flatMap { word in UInt64(word).flatMap { "\($0)" == word ? $0 : nil } }
  }

  /// Whether what the root log recorded of a shard is what they agreed to give up.
  package func isRecorded(_ shard: RecordedShard?) -> Bool {
    if let recorded { return recorded == RootFound(shard) }
    return recordedSize.map { $0 == shard?.size ?? 0 } ?? false
  }

  /// The entry of the root log: `object` is the size of the one that is given up and the epoch that begins, `before` the
  /// root that it had and `after` the one that was found.
  func entry(givingUp size: UInt64, before: Digest?, beginning epoch: RootEpoch, at time: Timestamp) -> Entry {
    var entry = Entry(.rootGivenUp, at: time)
    entry.object = ConfiguredName("\(size):\(epoch)")
    (entry.before, entry.after) = (before, found.takenRoot)
    (entry.approval, entry.justification, entry.people) = (approval, reason, people)
    return entry
  }
}

/// A log as it is found, in one word that two people sign: its size and its root, `0` where there is none, and `damaged`
/// where one is that cannot be taken: it is put aside, and another is begun.
package struct RootFound: Hashable, Sendable, LosslessStringConvertible {
  /// None.
  package static let nothing = RootFound(size: 0, root: MerkleTree.emptyRoot)
  /// One of which something is not as it was written.
  package static let damaged = RootFound(size: 0, root: Digest(hashing: Array("damaged".utf8).span))

  /// How many entries it has.
  package let size: UInt64
  /// Their root.
  package let root: Digest

  /// The log that has these entries.
  init(_ tree: Frontier) { self.init(size: tree.size, root: tree.root) }

  /// The shard as the root log recorded it.
  package init(_ recorded: RecordedShard?) {
    self = recorded.map { $0.size == 0 ? .nothing : RootFound(size: $0.size, root: $0.root) } ?? .nothing
  }

  private init(size: UInt64, root: Digest) { (self.size, self.root) = (size, root) }

  /// The one that a word names.
  package init?(_ text: String) {
    guard text != "0", text != "damaged" else {
      self = text == "0" ? .nothing : .damaged
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let size = UInt64(parts[0]), size > 0, let root = Digest(hexadecimal: String(parts[1]))
    else { return nil }
    self.init(size: size, root: root)
    guard description == text else { return nil }
  }

  /// The word.
  package var description: String { self == .damaged ? "damaged" : size == 0 ? "0" : "\(size):\(root)" }

  /// The root that it had, for the entry that says that it was taken; none of what is put aside.
  package var takenRoot: Digest { size == 0 ? MerkleTree.emptyRoot : root }

  /// Whether the log in a folder, which `key` signs, is this one, or went on from it only by being opened and by giving up
  /// under the same proposal: that may have been broken off.
  ///
  /// Of one that is damaged, or of which only traces are left, what is there is put aside for that.
  func makesWay(
    in folder: String, signedBy key: VerificationKey, named name: String? = nil, under approval: ConfiguredName
  ) throws(LedgerError) -> Bool {
    let log = LogDirectory(data: folder)
    let isEmpty = try SegmentList(in: log.segments).firsts.isEmpty
    if !isEmpty, try isBeginning(of: folder, signedBy: key, named: name, under: approval) { return true }
    guard size == 0 else { return false }
    guard try !log.isEmpty() else {
      // One that was damaged and is gone is another, unless this agreement has put it aside.
      if self == .nothing { return true }
      return try LogPutAside.isDone(folder, under: approval)
    }
    // Another was begun and broken off before its first segment.
    let found = try RootFound(logIn: folder, signedBy: key, named: name)
    if found == .nothing, try LogPutAside.isDone(folder, under: approval) { return true }
    // One that was begun since, and one that is whole again, nobody has agreed to.
    guard self == .damaged ? found == .damaged : isEmpty else { return false }
    try LogPutAside.move(folder, under: approval)
    return true
  }

  private func isBeginning(
    of folder: String, signedBy key: VerificationKey, named name: String?, under approval: ConfiguredName
  ) throws(LedgerError) -> Bool {
    if let name, try name != RootFound.name(of: folder) { return false }
    // What follows was never acknowledged, and is cut off when it is opened.
    guard let end = try RootFound.end(of: folder, signedBy: key)?.size, end >= size else { return false }
    do throws(LedgerError) {
      var tree = Frontier()
      var reader = try EntryReader(data: folder, signedBy: Custody.verifier(data: folder))
      while tree.size < size, let entry = try reader.next() { tree.append(MerkleTree.leaf(entry.json.span)) }
      guard tree.size == size, size == 0 || tree.root == root else { return false }
      while tree.size < end, let entry = try reader.next() {
        tree.append(MerkleTree.leaf(entry.json.span))
        guard isOfTheOpening(entry, under: approval) else { return false }
      }
      return tree.size == end
    } catch {
      guard !error.isOfTheSystem else { throw error }
      return false
    }
  }

  private static func name(of folder: String) throws(LedgerError) -> String? {
    do throws(LedgerError) {
      return try Custody.verifier(data: folder).name
    } catch {
      guard !error.isOfTheSystem else { throw error }
      return nil
    }
  }

  /// Whether an entry says what a log says of itself when it is opened and closed, or that it was given up by this proposal.
  private func isOfTheOpening(_ entry: StoredEntry, under approval: ConfiguredName) -> Bool {
    RootFound.isOfTheOpening(entry) || RootGivenUp(entry)?.approval == approval.description
  }

  /// Whether an entry says what a log says of itself when it is opened and closed.
  static func isOfTheOpening(_ entry: StoredEntry) -> Bool {
    switch entry.outline.event {
    case .logRecovered, .logRefusing, .clockStepped, .diskFilling: true
    default: false
    }
  }
}
