import Bytes

/// The letters of credentials that are written alike, as it is read whether one of them stands somewhere: those that begin
/// alike are read once.
struct CredentialTree: Sendable {
  /// How the credentials are written.
  enum Spelling: Sendable {
    /// As they are; their letters may be percent-encoded.
    case plain
    /// As they are, with the sign of that encoding itself in them.
    case withSigns
    /// Within Base64 of either alphabet (RFC 4648, sections 4 and 5).
    case base64
  }

  private struct Node {
    let letter: UInt8
    var isEnd = false
    /// The first of those that follow, and the next of those that follow the same; 0 where there is none.
    var child: Int32 = 0
    var sibling: Int32 = 0
  }

  let spelling: Spelling
  private var nodes = [Node(letter: 0)]
  /// Which node each first letter leads to; 0 for none.
  private var first = [Int32](repeating: 0, count: 256)

  /// The tree of these credentials; nil where none of them is written so.
  init?(_ words: [[UInt8]], _ spelling: Spelling) {
    self.spelling = spelling
    let written =
      switch spelling {
      case .plain: words
      // Both readings of the sign are tried.
      case .withSigns: words.filter { $0.contains(0x25) }
      case .base64: words.flatMap { word in (0..<3).map { Self.inBase64(word, after: $0) } }
      }
    guard !written.isEmpty else { return nil }
    for word in written { add(word) }
  }

  /// Whether letters may be percent-encoded.
  var mayBeEncoded: Bool { spelling != .withSigns }

  /// The node that a letter leads to; nil when there is none.
  func step(from node: Int, by letter: UInt8) -> Int? {
    let letter = standard(letter)
    var next = node == 0 ? first[Int(letter)] : nodes[node].child
    while next != 0, nodes[Int(next)].letter != letter { next = nodes[Int(next)].sibling }
    return next == 0 ? nil : Int(next)
  }

  /// Whether a credential ends with a node.
  func isEnd(_ node: Int) -> Bool { nodes[node].isEnd }

  /// Whether any goes on from a node.
  func goesOn(from node: Int) -> Bool { nodes[node].child != 0 }

  /// Which three letters follow each other in the first `count` letters of any, how far from the last of these.
  func triples(within count: Int, _ body: (_ letters: (UInt8, UInt8, UInt8), _ rest: Int) -> Void) {
    func read(_ node: Int, after former: [UInt8]) {
      var next = Int(nodes[node].child)
      while next != 0 {
        let letters = former + [nodes[next].letter]
        if letters.count > 2 { tell(letters.suffix(3), count - letters.count) }
        if letters.count < count { read(next, after: letters) }
        next = Int(nodes[next].sibling)
      }
    }
    func tell(_ letters: ArraySlice<UInt8>, _ rest: Int) {
      let all = letters.map(spellings)
      for first in all[0] {
        for second in all[1] {
          for third in all[2] { body((first, second, third), rest) }
        }
      }
    }
    read(0, after: [])
  }

  /// Which bytes one begins with.
  var beginnings: [UInt8] { (UInt8.min...UInt8.max).filter { first[Int(standard($0))] != 0 } }

  /// Whether a text in small letters has one, in whatever case.
  func isShown(inLowerCase text: [UInt8]) -> Bool {
    func isShown(from place: Int, _ node: Int) -> Bool {
      if nodes[node].isEnd { return true }
      guard place < text.count else { return false }
      var next = Int(nodes[node].child)
      while next != 0 {
        if ASCII.lowercased(nodes[next].letter) == standard(text[place]), isShown(from: place + 1, next) { return true }
        next = Int(nodes[next].sibling)
      }
      return false
    }
    return text.indices.contains { isShown(from: $0, 0) }
  }

  private mutating func add(_ word: [UInt8]) {
    var node = 0
    for letter in word {
      if let next = step(from: node, by: letter) {
        node = next
        continue
      }
      var next = Node(letter: letter)
      next.sibling = nodes[node].child
      nodes.append(next)
      nodes[node].child = Int32(nodes.count - 1)
      if node == 0 { first[Int(letter)] = Int32(nodes.count - 1) }
      node = nodes.count - 1
    }
    nodes[node].isEnd = true
  }

  /// A letter as the tree has it.
  private func standard(_ letter: UInt8) -> UInt8 {
    guard spelling == .base64 else { return letter }
    return letter == 0x2D ? 0x2B : letter == 0x5F ? 0x2F : letter
  }

  /// How a letter of the tree may be written.
  private func spellings(of letter: UInt8) -> [UInt8] {
    switch (letter, spelling) {
    case (0x2B, .base64): [0x2B, 0x2D]
    case (0x2F, .base64): [0x2F, 0x5F]
    default: [letter]
    }
  }

  /// The letters of Base64 that a word alone decides when so many bytes stand before it, of three.
  private static func inBase64(_ word: [UInt8], after count: Int) -> [UInt8] {
    let shared = [0, 2, 3][count]
    let encoded = Array(Base64.encode([UInt8](repeating: 0, count: count) + word).utf8)
    return Array(encoded[shared..<8 * (count + word.count) / 6])
  }
}
