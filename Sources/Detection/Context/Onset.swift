/// Whether an identifier may begin in a stretch of text between two spaces, as far as the stretch itself tells.
///
/// A text that is searched while it arrives may let go of everything before the first stretch in which something may
/// begin. Nothing begins in words that are known to be ordinary and are no name, month, number or part of an address;
/// everything else may: a capital inside a sentence, an unknown word, a digit, any mark but those of sentences.
package enum Onset {
  /// Whether an identifier may begin in `chunk`, which holds no white space; sentences begin with a capital anyway.
  package static func isPossible(in chunk: Span<UInt8>, beginningSentence: Bool) -> Bool {
    var start = 0
    var end = chunk.count
    while start < end, isMark(chunk[start]) { start += 1 }
    while start < end, isMark(chunk[end - 1]) { end -= 1 }
    var beginsSentence = beginningSentence
    if beginsSentence, end - start < 3, end < chunk.count,
      (start..<end).allSatisfy({ CharacterClass.isDigit(chunk[$0]) })
    {
      // The number of an item in a list.
      return false
    }
    while start < end {
      var hash = WordHash.seed
      var place = start
      while place < end, CharacterClass.isLetter(chunk[place]), chunk[place] < 0x80 {
        hash = WordHash.adding(CharacterClass.lowercased(chunk[place]), to: hash)
        place += 1
      }
      guard place > start, place == end || isJoint(chunk[place]) else { return true }
      let isEnding = start > 0 && chunk[start - 1] == 0x27 && place - start < 3
      if !isEnding, isPossible(hash, length: place - start, first: chunk[start], beginsSentence: beginsSentence) {
        return true
      }
      beginsSentence = false
      start = place + 1
    }
    return false
  }

  private static func isPossible(_ hash: UInt64, length: Int, first: UInt8, beginsSentence: Bool) -> Bool {
    guard length > 1 else { return first != 0x61 && first | 0x20 != 0x69 && first != 0x41 }
    let sense = Lexicon.embedded.sense(hash)
    let entry = Vocabulary.standard.entry(hash)
    if let entry, !entry.roles.isDisjoint(with: onsets) { return true }
    if UniqueDescriptions.singular.contains(hash) || UniqueDescriptions.offices.contains(hash) { return true }
    if sense.role == .month || sense.role == .weekday || sense.role == .number { return true }
    let isCapital = CharacterClass.of(first) == .upper
    if sense.role == .function { return isCapital && sense.name > 1 && !beginsSentence }
    if isCapital {
      if sense.isAbbreviation && sense.name == 0 && sense.city == 0 { return false }
      return sense.name > 0 || sense.ordinary < 2 || sense.city > 1 || !beginsSentence
    }
    if sense.role != .none { return sense.name > 2 }
    return sense.ordinary == 0 || sense.name > 2 || sense.ordinary == 1 && (sense.name > 1 || sense.city > 1)
  }

  /// Words that begin dates, ages and addresses in lower case.
  private static let onsets: Roles = [
    .month, .cardinal, .ordinal, .weekday, .unit, .streetPart, .streetPrefix, .compass,
  ]

  /// Marks of sentences, quotations and Markdown, around a word.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x22, 0x27, 0x28, 0x29, 0x2A, 0x2C, 0x2D, 0x2E, 0x3A, 0x3B, 0x3F, 0x5B, 0x5D, 0x60, 0x7C, 0x23, 0x3E:
      true
    default: false
    }
  }

  /// Marks between the parts of a word.
  private static func isJoint(_ byte: UInt8) -> Bool { byte == 0x2D || byte == 0x27 || byte == 0x2F }
}
