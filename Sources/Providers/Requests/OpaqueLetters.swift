import Bytes

/// What only its maker can read, in letters of base64: encrypted content, signatures, the bytes of a picture.
enum OpaqueLetters {
  /// How many letters are looked at together.
  ///
  /// Among so many that chance has drawn, about thirty follow one of another
  /// kind and twenty are capitals; fewer than thirteen do so less than once in a million times.
  private static let window = 48
  private static let fewestChanges = 13
  /// Words without spaces have about as many changes as this, and this few capitals; chance does once in some thousands.
  private static let changesOfWords = 24
  private static let capitalsOfWords = 12
  /// Letters of so few kinds are what nothing is written in, such as a stretch of zeros.
  private static let fewestKinds = 8

  /// So many letters of a picture or a sound are no word, whatever they look like.
  static let fewLetters = 1024

  /// Whether `text` is written in base64, either alphabet, and too long to be a word.
  static func matches(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 64 else { return false }
    for index in text.indices {
      guard EncodedRun.isLetter(text[index]) || text[index] == 0x3D else { return false }
    }
    return true
  }

  /// The parts of `text` that look like words and numbers all the same.
  static func readableParts(of text: Span<UInt8>) -> [Range<Int>] {
    let starts = stride(from: 0, to: text.count, by: window)
    // A last piece that is short is looked at with what stands before it.
    let places = starts.map { max(0, min($0 + window, text.count) - window)..<min($0 + window, text.count) }
    let looks = places.map { look(of: $0, in: text) }
    var parts: [Range<Int>] = []
    for (index, place) in places.enumerated() {
      // A neighbour that shares letters with it looks alike by that alone.
      let isBeside =
        places.count < 3
        || [index - 1, index + 1].contains { other in
          looks.indices.contains(other) && !places[other].overlaps(place) && looks[other] != .chance
        }
      guard looks[index] == .readable || looks[index] == .doubtful && isBeside else { continue }
      if let last = parts.last, last.upperBound >= place.lowerBound {
        parts[parts.count - 1] = last.lowerBound..<place.upperBound
      } else {
        parts.append(place)
      }
    }
    return parts
  }

  private enum Look {
    case readable, doubtful, chance
  }

  private static func look(of place: Range<Int>, in text: Span<UInt8>) -> Look {
    var (changes, capitals) = (0, 0)
    var last = LetterKind.other
    var seen: (UInt64, UInt64) = (0, 0)
    for index in place {
      let byte = text[index]
      if byte < 64 { seen.0 |= 1 << UInt64(byte) } else { seen.1 |= 1 << UInt64(byte & 63) }
      let kind = LetterKind(byte)
      if kind != last { changes += 1 }
      if kind == .capital { capitals += 1 }
      last = kind
    }
    guard seen.0.nonzeroBitCount + seen.1.nonzeroBitCount >= fewestKinds else { return .chance }
    if changes < fewestChanges { return .readable }
    return changes < changesOfWords && capitals <= capitalsOfWords ? .doubtful : .chance
  }
}
