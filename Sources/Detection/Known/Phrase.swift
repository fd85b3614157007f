import PHI

/// What a known sequence of words is, and where else such words may stand without being it.
struct Phrase: Sendable {
  let identifier: Identifier
  let form: Form

  /// What must be looked at beside the words themselves.
  enum Form: Sendable {
    /// Nothing: the words say it all.
    case any
    /// The name of a place or an organisation: ordinary words must be written as a name.
    case name
    /// Letters that must all be capitals: `TVMC`.
    case acronym
    /// A date in digits with these parts; the separators must be a date's.
    case digits(parts: Int)
    /// A date with the name of a month.
    case month
    /// A day of the month without its month, after `the`.
    case day
  }
}

/// Sequences of words, each word perhaps in several spellings, as a tree that a text is held against word by word.
struct PhraseTree: Sendable {
  private var children = HashTable<Int32>()
  private var ends: [Int32] = [-1]
  private var phrases: [Phrase] = []
  /// Whether the form of a phrase is `name`.
  private(set) var hasNames = false

  /// Whether there are no sequences.
  var isEmpty: Bool { phrases.isEmpty }

  /// Adds a sequence; each element holds the hashes of the spellings of one word.
  ///
  /// Spellings added together share what follows them. Of two phrases of the same words the first stays.
  mutating func insert(_ words: [[UInt64]], _ phrase: Phrase) {
    var nodes: Set<Int32> = [0]
    for spellings in words {
      var next: Set<Int32> = []
      var fresh: Int32?
      for node in nodes {
        for spelling in spellings {
          let key = PhraseTree.key(node, spelling)
          if let child = children[key] {
            next.insert(child)
          } else {
            let child = fresh ?? Int32(ends.count)
            if fresh == nil { ends.append(-1) }
            fresh = child
            children[key] = child
            next.insert(child)
          }
        }
      }
      nodes = next
    }
    for node in nodes where node != 0 && ends[Int(node)] < 0 { ends[Int(node)] = Int32(phrases.count) }
    phrases.append(phrase)
    if case .name = phrase.form { hasNames = true }
  }

  /// The node that the word with this hash leads to from `node`.
  @inline(__always)
  func child(of node: Int32, _ hash: UInt64) -> Int32? { children[PhraseTree.key(node, hash)] }

  /// The phrase that ends at `node`.
  func phrase(at node: Int32) -> Phrase? {
    let end = ends[Int(node)]
    return end < 0 ? nil : phrases[Int(end)]
  }

  @inline(__always)
  private static func key(_ node: Int32, _ hash: UInt64) -> UInt64 {
    node == 0 ? hash : (hash ^ UInt64(node) &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
  }
}
