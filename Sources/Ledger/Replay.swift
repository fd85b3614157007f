import Ciphers

/// Follows a log record by record: rebuilds its tree, and holds each sealed part against its entry.
struct Replay {
  /// The tree with every entry so far.
  private(set) var tree: Frontier
  /// The state at the last seal.
  private(set) var seal: Seal
  /// What the entry read last says about its parts that have not come yet.
  private var parts = PartQueue()

  /// Begins after `seal`.
  init(after seal: Seal) {
    self.seal = seal
    tree = seal.frontier
  }

  /// Begins after damage before the entry `index`: order and parts can be told, the tree cannot.
  init(afterDamageAt index: UInt64, signature: Signature) {
    tree = .unknown(size: index)
    seal = Seal(frontier: tree, signature: signature)
  }

  /// Takes in an entry whose hash is `leaf`; the fault says why it does not belong here.
  mutating func follow(
    entry body: Span<UInt8>, _ places: EntryPlaces?, _ leaf: Digest, at sequence: UInt64
  ) -> Fault? {
    if let fault = missingPart { return fault }
    guard sequence == tree.size else { return Fault(.outOfOrder(found: sequence), at: tree.size) }
    tree.append(leaf)
    // INVARIANT: an entry whose beginning cannot be read has no parts; `RequestPairs` names it.
    parts.begin(places, in: body)
    return nil
  }

  /// Takes in a sealed part.
  mutating func follow(part body: Span<UInt8>, at sequence: UInt64) -> Fault? {
    let index = tree.size == 0 ? 0 : tree.size - 1
    guard sequence &+ 1 == tree.size, let expected = parts.next() else { return Fault(.strayPart, at: index) }
    guard expected.length == body.count, expected.digest == HexadecimalDigest(Digest(hashing: body)) else {
      return Fault(.changedPart(expected.place), at: index)
    }
    return nil
  }

  /// Takes in a seal.
  mutating func follow(seal body: Span<UInt8>, _ form: Seal.Form, at sequence: UInt64) -> Fault? {
    if let fault = missingPart { return fault }
    guard sequence == tree.size else { return Fault(.outOfOrder(found: sequence), at: tree.size) }
    guard let signature = Signature(body) else { return Fault(.unreadableRecord, at: tree.size) }
    seal = Seal(frontier: tree, signature: signature, form: form)
    return nil
  }

  /// Takes in a record of any kind.
  mutating func follow(_ record: Record, _ body: Span<UInt8>) -> Fault? {
    switch record.kind {
    case .entry: follow(entry: body, EntryPlaces(body), MerkleTree.leaf(body), at: record.sequence)
    case .part: follow(part: body, at: record.sequence)
    case .seal: follow(seal: body, record.form, at: record.sequence)
    }
  }

  /// What is missing before the next entry or seal may come.
  private var missingPart: Fault? {
    parts.first.map { Fault(.missingPart($0.place), at: tree.size - 1) }
  }
}

/// The parts of one entry that lie beside it in the segment, in their order.
private struct PartQueue {
  struct Expected {
    /// Which of the entry's parts it is, blobs counted.
    var place: Int
    var length: Int
    var digest: HexadecimalDigest
  }

  private var expected: [Expected] = []
  private var taken = 0

  /// Begins with the parts of an entry, of which none was taken.
  mutating func begin(_ places: EntryPlaces?, in json: Span<UInt8>) {
    expected.removeAll(keepingCapacity: true)
    taken = 0
    guard let places else { return }
    for (place, part) in places.parts.enumerated() where part.length <= Record.longestBody {
      expected.append(
        Expected(place: place, length: part.length, digest: HexadecimalDigest(readIn: json, at: part.digest)))
    }
  }

  var first: Expected? { taken < expected.count ? expected[taken] : nil }

  mutating func next() -> Expected? {
    defer { taken += 1 }
    return first
  }
}
