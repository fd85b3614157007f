/// How a word is written, as two numbers that words of one form share.
enum WordForm {
  /// The form of a word alone: its kind, capitals and length, in six bits.
  static func shape(_ word: Word) -> UInt32 {
    let length = Int(word.length)
    switch word.kind {
    case .mark: return markShape(word.value)
    case .digits: return 8 + UInt32(min(length, 12))
    case .mixed: return 24 + UInt32(min(length, 7)) + (word.shape.contains(.initialCapital) ? 8 : 0)
    case .letters:
      let size: UInt32 = length == 1 ? 0 : length == 2 ? 1 : length < 5 ? 2 : 3
      if word.shape.contains(.allCapitals) { return 40 + size }
      if word.shape.contains(.initialCapital) { return 44 + size }
      return 48 + size
    }
  }

  /// The form of the bytes of a chunk (`ABC-556677`): each run of capitals, of small letters and of digits as one
  /// letter and its length, each mark as itself.
  static func pattern(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    var last: UInt8 = 0
    var length: UInt32 = 0
    func ended() -> UInt32 { (hash ^ (UInt32(last) << 8 | lengthClass(length))) &* 0x0100_0193 }
    for byte in bytes {
      let kind = CharacterClass.of(byte)
      let letter: UInt8 = kind == .digit ? 0x39 : kind == .upper ? 0x41 : kind == .lower ? 0x61 : byte
      if letter == last {
        length += 1
      } else {
        if length > 0 { hash = ended() }
        last = letter
        length = 1
      }
    }
    return ended()
  }

  private static func lengthClass(_ length: UInt32) -> UInt32 {
    switch length {
    case 0...4: length
    case 5, 6: 5
    case 7, 8: 6
    case 9, 10: 7
    default: 8
    }
  }

  private static func markShape(_ mark: UInt8) -> UInt32 {
    switch mark {
    case 0x2E, 0x21, 0x3F: 1
    case 0x2C, 0x3B: 2
    case 0x3A, 0x3D: 3
    case 0x28, 0x5B, 0x7B, 0x3C: 4
    case 0x29, 0x5D, 0x7D, 0x3E: 5
    case 0x2D, 0x2F, 0x5F: 6
    case 0x22, 0x27: 7
    default: 0
    }
  }
}
