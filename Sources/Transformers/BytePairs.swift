/// Joins the bytes of a word into the pieces of a vocabulary, the earliest learnt pair first.
///
/// Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016.
struct BytePairs: Sendable {
  /// What joining two pieces gives, and how early it was learnt.
  struct Merge: Sendable {
    var rank: Int32
    var id: Int32
  }

  private let bytes: [Int32]
  private let merges: [UInt64: Merge]

  /// Pieces for each of the 256 bytes, and the pairs that are joined.
  init(bytes: [Int32], merges: [UInt64: Merge]) {
    precondition(bytes.count == 256, "every byte is a piece")
    self.bytes = bytes
    self.merges = merges
  }

  /// The key of a pair.
  static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The pieces of a word, each with its end in the word.
  func pieces(of word: some Collection<UInt8>) -> [(id: Int32, end: Int)] {
    var pieces: [(id: Int32, end: Int)] = []
    pieces.reserveCapacity(word.count)
    for (index, byte) in word.enumerated() { pieces.append((bytes[Int(byte)], index + 1)) }
    while pieces.count > 1 {
      var best: (index: Int, merge: Merge)?
      for index in 0..<pieces.count - 1 {
        guard let merge = merges[BytePairs.pair(pieces[index].id, pieces[index + 1].id)] else { continue }
        if merge.rank < best?.merge.rank ?? .max { best = (index, merge) }
      }
      guard let best else { break }
      pieces[best.index] = (best.merge.id, pieces[best.index + 1].end)
      pieces.remove(at: best.index + 1)
    }
    return pieces
  }
}
