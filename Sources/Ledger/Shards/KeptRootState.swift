import Bytes
import Ciphers
import Storage

/// What the root log had said up to a seal, in a note that its key signed, so that the next one who reads it goes on from
/// there: a root log grows by an entry for each shard every few seconds.
///
/// It lies in the log's folder under `state`, and its text is no checkpoint, nor a seal:
///
///     cordon root state 1
///     <origin>
///     place <first entry of the segment> <offset in it> <entries>
///     tree <root>                                          for each full subtree, largest first
///     standing <newest token> <epoch> <given up> <given up without an epoch>
///     shard <replica> <size> <root> <key>                  for each shard, what it has to go on from
///     given-up <replica> <recorded> <known> <its root> <found> <its root> <epoch> <proposal>    how one was given up last
///
/// A `-` stands where there is nothing.
///
/// What it says was true of the log that it names. Whether that is the one that is there, only the tree says: with any
/// other no seal that follows holds, nor does the published checkpoint, which covers as much. A note that does not fit is
/// passed over. The
/// entries before it are not read again by who goes on from it; `cordon log verify --root` reads them.
struct KeptRootState {
  static let name = "state"
  private static let title = "cordon root state 1"
  /// It is made anew after so many entries: reading as many takes milliseconds.
  static let interval: UInt64 = 4096
  /// A longer one is not written: it would not be read.
  private static let longest = 60_000

  let state: RootState

  init(_ state: RootState) { self.state = state }

  /// The one that was kept of the log of a data directory; nil when there is none that `key` signed for it, or none that
  /// can be read: it only saves time.
  ///
  /// One of more entries than the published checkpoint covers is passed over: nothing would be held against it.
  init?(in data: String, signedBy key: VerifierKey) {
    let log = LogDirectory(data: data)
    guard let bytes = (try? log.root.content(of: KeptRootState.name)) ?? nil, let note = SignedNote(parsing: bytes),
      note.isSigned(by: key), let state = KeptRootState.state(note.text, of: key.name), let place = state.place,
      let published = try? log.checkpoint(signedBy: key).get(), place.tree.size <= published.size
    else { return nil }
    self.init(state)
  }

  /// Whether the log has grown so much that its state is to be kept anew.
  func isDue(in data: String, signedBy key: VerifierKey) -> Bool {
    guard let size = state.place?.tree.size, size >= KeptRootState.interval else { return false }
    guard let kept = KeptRootState(in: data, signedBy: key)?.state.place?.tree.size else { return true }
    return size < kept || size - kept >= KeptRootState.interval
  }

  /// Keeps it in the log of a data directory, which `key` signs.
  func keep(in data: String, by key: borrowing SigningKey) throws(LedgerError) {
    let verifier = try Custody.verifier(data: data)
    guard let text = text(of: verifier.name), text.count <= KeptRootState.longest else { return }
    let signature: Signature
    do {
      signature = try key.sign(text.span)
    } catch {
      throw LedgerError(.invalidKey)
    }
    let note = SignedNote(text: text, signature: signature, by: verifier).bytes
    try LogDirectory(data: data).root.replace(KeptRootState.name, with: note.span, mode: 0o644)
  }

  private func text(of origin: String) -> [UInt8]? {
    guard let place = state.place else { return nil }
    var lines = [
      KeptRootState.title, origin, "place \(place.segment) \(place.offset) \(place.tree.size)",
    ]
    lines += place.tree.roots.map { "tree \($0)" }
    let standing = state.standing
    lines.append(
      "standing \(state.token) \(standing.epoch) \(standing.givenUp.map(String.init) ?? "-") "
        + (standing.givenUpUnnamed.map(String.init) ?? "-"))
    for (replica, record) in state.records.sorted(by: { $0.key < $1.key }) {
      if let shard = record.recorded {
        let key = shard.key.map { Hex.encode($0.bytes) } ?? "-"
        lines.append("shard \(replica) \(shard.size) \(shard.root) \(key)")
      }
      if let past = record.givenUp {
        let before = past.before?.description ?? "-"
        lines.append(
          "given-up \(replica) \(past.recorded) \(past.known) \(before) \(past.found) \(past.root) \(past.epoch) "
            + past.approval)
      }
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func state(_ text: [UInt8], of origin: String) -> RootState? {
    var lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == title[...], lines.popFirst() == origin[...], lines.popLast() == "" else { return nil }
    var state = RootState()
    var numbers: (segment: UInt64, offset: UInt64, size: UInt64)?
    var roots: [Digest] = []
    for line in lines {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      switch (words.first, words.count) {
      case ("place", 4):
        guard let segment = UInt64(words[1]), let offset = UInt64(words[2]), let size = UInt64(words[3]),
          segment <= size
        else { return nil }
        numbers = (segment, offset, size)
      case ("tree", 2):
        guard let root = Digest(hexadecimal: words[1]) else { return nil }
        roots.append(root)
      case ("standing", 5):
        guard let token = FencingToken(words[1]), let epoch = RootEpoch(words[2]), let givenUp = size(words[3]),
          let unnamed = size(words[4])
        else { return nil }
        (state.token, state.standing) = (token, RootStanding(epoch, givenUp: givenUp, unnamed: unnamed))
      case ("shard", 5):
        guard let shard = RecordedShard(words) else { return nil }
        state.records[shard.replica, default: ShardRecord()].recorded = shard
      case ("given-up", 9):
        guard let givenUp = ShardGivenUp(words) else { return nil }
        state.records[givenUp.replica, default: ShardRecord()].givenUp = givenUp
      default: return nil
      }
    }
    guard let numbers, let tree = Frontier(size: numbers.size, roots: roots) else { return nil }
    state.place = SealedBatches.Place(segment: numbers.segment, offset: numbers.offset, tree: tree)
    return state
  }

  /// The size that a word is, or that there is none; nil when it is neither.
  private static func size(_ word: String) -> UInt64?? { word == "-" ? .some(nil) : UInt64(word).map { $0 } }
}

extension RecordedShard {
  fileprivate init?(_ words: [String]) {
    guard let replica = ReplicaName(words[1]), let size = UInt64(words[2]), let root = Digest(hexadecimal: words[3])
    else { return nil }
    var key: VerificationKey?
    if words[4] != "-" {
      guard let bytes = Hex.decode(Array(words[4].utf8).span), let read = try? VerificationKey(bytes.span) else {
        return nil
      }
      key = read
    }
    self.init(replica: replica, size: size, root: root, key: key)
  }
}

extension ShardGivenUp {
  fileprivate init?(_ words: [String]) {
    guard let replica = ReplicaName(words[1]), let recorded = UInt64(words[2]), let known = UInt64(words[3]),
      let found = UInt64(words[5]), let root = Digest(hexadecimal: words[6]), let epoch = RootEpoch(words[7])
    else { return nil }
    let before = Digest(hexadecimal: words[4])
    guard before != nil || words[4] == "-" else { return nil }
    self.init(
      replica: replica, recorded: recorded, known: known, before: before, found: found, root: root, epoch: epoch,
      approval: words[8])
  }
}
