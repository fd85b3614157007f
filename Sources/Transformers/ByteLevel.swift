/// Cuts a text into words as GPT-2 and RoBERTa do: a word takes the space before it along.
struct ByteLevel: Hashable, Sendable {
  /// Whether a text is read as if a space stood before it.
  var addsSpace = false
  /// Longer words are cut here, so that the work stays in proportion to the text.
  private static let longestWord = 128

  init(addsSpace: Bool) { self.addsSpace = addsSpace }

  /// Appends the pieces of `text`, with places counted from its start.
  func append(_ text: ArraySlice<UInt8>, cutBy pairs: BytePairs, to tokens: inout [Token]) {
    let letters = Letter.letters(of: text)
    var number: Int32 = 0
    var start = 0
    while start < letters.count {
      let end = min(ByteLevel.endOfWord(letters, from: start), start + ByteLevel.longestWord)
      append(letters[start..<end], isFirst: start == 0, number: number, cutBy: pairs, to: &tokens)
      number += 1
      start = end
    }
  }

  private func append(
    _ word: ArraySlice<Letter>, isFirst: Bool, number: Int32, cutBy pairs: BytePairs, to tokens: inout [Token]
  ) {
    var bytes: [UInt8] = []
    var owners: [Int] = []
    if isFirst, addsSpace, word.first?.scalar != " " {
      bytes.append(0x20)
      owners.append(word.startIndex)
    }
    for index in word.indices {
      for byte in UTF8.encode(word[index].scalar) ?? UTF8.encodedReplacementCharacter {
        bytes.append(byte)
        owners.append(index)
      }
    }
    var start = 0
    for (id, end) in pairs.pieces(of: bytes) {
      var (lower, upper) = (start, end)
      // A piece is where its letters are; the spaces at its ends are not part of it.
      while lower < upper, bytes[lower] == 0x20 { lower += 1 }
      while lower < upper, bytes[upper - 1] == 0x20 { upper -= 1 }
      let range =
        lower < upper
        ? word[owners[lower]].range.lowerBound..<word[owners[upper - 1]].range.upperBound
        : word[owners[start]].range.lowerBound..<word[owners[start]].range.lowerBound
      tokens.append(Token(id, at: range, word: number))
      start = end
    }
  }

  /// The end of the word at `start`.
  ///
  /// The alternatives of GPT-2's pattern in its order: `'s 't 're 've 'm 'll 'd`, then letters, digits or other marks
  /// with one space before, then white space, of which the last before a word is left to it.
  private static func endOfWord(_ letters: [Letter], from start: Int) -> Int {
    if letters[start].scalar == "'", let end = endOfContraction(letters, from: start + 1) { return end }
    let body = letters[start].scalar == " " ? start + 1 : start
    if body < letters.count, Kind(letters[body].scalar) != .space {
      let kind = Kind(letters[body].scalar)
      return letters[body...].firstIndex { Kind($0.scalar) != kind } ?? letters.count
    }
    let end = letters[start...].firstIndex { Kind($0.scalar) != .space } ?? letters.count
    return end < letters.count && end - start > 1 ? end - 1 : end
  }

  private static func endOfContraction(_ letters: [Letter], from start: Int) -> Int? {
    guard start < letters.count else { return nil }
    switch letters[start].scalar {
    case "s", "t", "m", "d": return start + 1
    case "r", "v": return start + 1 < letters.count && letters[start + 1].scalar == "e" ? start + 2 : nil
    case "l": return start + 1 < letters.count && letters[start + 1].scalar == "l" ? start + 2 : nil
    default: return nil
    }
  }

  private enum Kind {
    case letter, number, space, mark

    init(_ scalar: Unicode.Scalar) {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
      case .decimalNumber, .letterNumber, .otherNumber: self = .number
      default: self = scalar.properties.isWhitespace ? .space : .mark
      }
    }
  }
}

extension ByteLevel {
  /// The bytes that a piece of a byte-level vocabulary stands for; nil when it has a letter of no byte.
  ///
  /// Bytes that print stand for themselves, the others for the letters from U+0100 on, in order.
  static func bytes(of piece: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in piece.unicodeScalars {
      guard let byte = byteOfLetter[scalar] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static let byteOfLetter: [Unicode.Scalar: UInt8] = {
    var bytes: [Unicode.Scalar: UInt8] = [:]
    var next: UInt32 = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[Unicode.Scalar(byte)] = byte
      default:
        if let letter = Unicode.Scalar(next) { bytes[letter] = byte }
        next += 1
      }
    }
    return bytes
  }()
}
