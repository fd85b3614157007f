internal import Bytes
internal import Synchronization

/// What a caller has told or been told already: the text that went to the model, and what its tokens stand for.
///
/// An identifier in an answer that stands here is nothing new. Words are compared as letters and digits, in any case.
package final class GivenText: Sendable {
  /// The text that went to the model.
  package let text: [UInt8]
  private let map: TokenMap
  /// The hashes of words and of pairs of neighbours; made when they are first asked for, as most answers never ask.
  private let words = Mutex<Set<UInt64>?>(nil)

  /// The words of earlier requests of the conversation.
  private let earlier: Set<UInt64>

  /// What was given with `text`, whose tokens `map` knows, and with earlier requests whose words were kept.
  package init(_ text: [UInt8], _ map: TokenMap, after earlier: Set<UInt64> = []) {
    self.text = text
    self.map = map
    self.earlier = earlier
  }

  /// The hashes of everything that was given, for a later request of the conversation.
  package var remembered: Set<UInt64> {
    words.withLock { words in
      let known = words ?? all()
      words = known
      return known
    }
  }

  /// Whether the words of `phrase` stand in the text one after the other.
  func contains(_ phrase: [UInt8]) -> Bool {
    words.withLock { words in
      let known = words ?? all()
      words = known
      var isKnown = true
      GivenText.eachWord(of: phrase.span) { word, before in
        if !known.contains(word) || before.map({ !known.contains(GivenText.pair($0, word)) }) ?? false {
          isKnown = false
        }
      }
      return isKnown || known.contains(GivenText.run(of: phrase.span))
    }
  }

  private func all() -> Set<UInt64> {
    var words = earlier
    func take(_ word: UInt64, after before: UInt64?) {
      words.insert(word)
      if let before { words.insert(GivenText.pair(before, word)) }
    }
    let text = text
    GivenText.eachWord(of: text.span) { take($0, after: $1) }
    map.eachValue { value in
      GivenText.eachWord(of: value) { take($0, after: $1) }
      words.insert(GivenText.run(of: value))
    }
    return words
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  private static func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
    (first &* 0x9E37_79B9_7F4A_7C15) ^ (second >> 7 | second << 57)
  }

  /// The hash of the letters and digits of `text` without what stands between them.
  private static func run(of text: Span<UInt8>) -> UInt64 {
    var hash = ~seed
    for place in text.indices where isWord(text[place]) { hash = adding(text[place], to: hash) }
    return hash
  }

  private static func eachWord(of text: Span<UInt8>, _ body: (UInt64, UInt64?) -> Void) {
    var before: UInt64?
    var place = 0
    while place < text.count {
      guard isWord(text[place]) else {
        place += 1
        continue
      }
      var hash = seed
      while place < text.count, isWord(text[place]) {
        hash = adding(text[place], to: hash)
        place += 1
      }
      body(hash, before)
      before = hash
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte >= 0x80 }

  private static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 {
    (hash ^ UInt64(ASCII.lowercased(byte))) &* 0x0000_0100_0000_01B3
  }
}
