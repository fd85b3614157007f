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
///     shard <replica> <size> <root> <token> <key> <signature>      for each shard, its newest checkpoint
///
/// What it says was true of the log that it names. Whether that is the one that is there, only the tree says: with any
/// other no seal that follows holds, nor does the published checkpoint. A note that does not fit is passed over. The
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

  /// The one that was kept of the log of a data directory; nil when there is none that `key` signed for it.
  init?(in data: String, signedBy key: VerifierKey) throws(LedgerError) {
    guard let bytes = try LogDirectory(data: data).root.content(of: KeptRootState.name),
      let note = SignedNote(parsing: bytes), note.isSigned(by: key),
      let state = KeptRootState.state(note.text, of: key.name)
    else { return nil }
    self.init(state)
  }

  /// Whether the log has grown so much that its state is to be kept anew.
  func isDue(in data: String, signedBy key: VerifierKey) throws(LedgerError) -> Bool {
    guard let size = state.place?.tree.size, size >= KeptRootState.interval else { return false }
    guard let kept = try KeptRootState(in: data, signedBy: key)?.state.place?.tree.size else { return true }
    // One of more entries than there are is of another log.
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
    try LogDirectory(data: data).root.replace(KeptRootState.name, with: note.span)
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
    for (_, shard) in state.last.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "shard \(shard.replica) \(shard.size) \(shard.root) \(shard.token) \(Hex.encode(shard.key.bytes)) "
          + Hex.encode(shard.signature.bytes))
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
      case ("shard", 7):
        guard let shard = ShardCheckpoint(words) else { return nil }
        state.last[shard.replica] = shard
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

extension ShardCheckpoint {
  fileprivate init?(_ words: [String]) {
    guard let replica = ReplicaName(words[1]), let size = UInt64(words[2]), let root = Digest(hexadecimal: words[3]),
      let token = FencingToken(words[4]),
      let key = Hex.decode(Array(words[5].utf8).span).flatMap({ try? VerificationKey($0.span) }),
      let signature = Hex.decode(Array(words[6].utf8).span).flatMap({ Signature($0.span) })
    else { return nil }
    self.init(replica: replica, size: size, root: root, token: token, key: key, signature: signature)
  }
}
