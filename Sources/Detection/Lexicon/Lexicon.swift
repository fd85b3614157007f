import Bytes
import EmbeddedLexicon

/// The words and phrases that the engine knows, read in place from a table in the executable.
///
/// Entries stand in the order of their hashes. The upper bits of a hash number a bucket, the next 24 bits tell the
/// words of a bucket apart, so a lookup reads one start and about four entries, and an unknown word is taken for a
/// known one about once in three million.
struct Lexicon: Sendable {
  private let bytes: StaticBytes
  private let words: Table
  private let phrases: Table

  /// The lexicon in the executable.
  static let embedded = Lexicon(
    unsafe StaticBytes(unsafe: cordon_lexicon_start(), count: cordon_lexicon_size))

  /// The lexicon in `bytes`, which `Scripts/build-lexicon` wrote.
  init(_ bytes: StaticBytes) {
    precondition(bytes.uint64(at: 0) == 0x3158_4C4E_4452_4F43, "the lexicon is of the form that this engine reads")
    self.bytes = bytes
    words = Table(at: 24, bits: bytes.uint32(at: 8), entrySize: 6)
    phrases = Table(
      at: words.entries + Int(bytes.uint32(at: 12)) * 6, bits: bytes.uint32(at: 16), entrySize: 4)
  }

  /// What the word with this `WordHash` may be.
  func sense(_ hash: UInt64) -> Sense {
    Sense(bits: words.value(of: Lexicon.mixed(hash), in: bytes))
  }

  /// What the phrase with this hash is; see `joined`.
  func phrase(_ hash: UInt64) -> PhraseKind {
    PhraseKind(rawValue: UInt8(phrases.value(of: Lexicon.mixed(hash), in: bytes)))
  }

  /// The hash of a phrase that goes on with a word.
  static func joined(_ phrase: UInt64, _ word: UInt64) -> UInt64 {
    (phrase ^ (word >> 29)) &* 0x9E37_79B9_7F4A_7C15 &+ word
  }

  private static func mixed(_ hash: UInt64) -> UInt64 {
    let folded = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return folded ^ (folded >> 29)
  }
}

extension Lexicon {
  /// One sorted table of the file.
  private struct Table: Sendable {
    let starts: Int
    let entries: Int
    let bits: UInt64
    let entrySize: Int

    init(at offset: Int, bits: UInt32, entrySize: Int) {
      starts = offset
      self.bits = UInt64(bits)
      self.entrySize = entrySize
      entries = offset + ((1 << Int(bits)) + 1) * 4
    }

    @inline(__always)
    func value(of hash: UInt64, in bytes: StaticBytes) -> UInt32 {
      let bucket = Int(hash >> (64 - bits))
      let tag = UInt32(truncatingIfNeeded: hash >> (40 - bits)) & 0xFF_FFFF
      let bounds = bytes.uint64(at: starts + bucket * 4)
      var entry = Int(UInt32(truncatingIfNeeded: bounds))
      let end = Int(bounds >> 32)
      while entry < end {
        let offset = entries + entry * entrySize
        // The bytes after the tag come with it: reading four never passes the end, an entry has at least four.
        let stored = bytes.uint32(at: offset) & 0xFF_FFFF
        if stored == tag {
          return entrySize == 4
            ? bytes.uint32(at: offset) >> 24
            : bytes.uint32(at: offset + 2) >> 8
        }
        if stored > tag { return 0 }
        entry += 1
      }
      return 0
    }
  }
}
