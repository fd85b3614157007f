/// The hash by which words are looked up: FNV-1a over the bytes in ASCII lower case.
package enum WordHash {
  /// The hash of no bytes.
  package static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// `hash` continued by one byte, which must be in lower case.
  @inline(__always)
  package static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// The hash of a whole word.
  package static func of(_ word: StaticString) -> UInt64 {
    of(Array(word.description.utf8))
  }

  /// The hash of a whole word.
  package static func of(_ word: some Sequence<UInt8>) -> UInt64 {
    word.reduce(seed) { adding(CharacterClass.lowercased($1), to: $0) }
  }

  /// The hashes of the words in `words`, with white space between them.
  static func all(in words: some StringProtocol) -> [UInt64] {
    words.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).map { of($0) }
  }
}
