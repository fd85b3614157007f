internal import Bytes

/// How a word is written: `maria`, `Maria` or `MARIA`.
enum Capitals: Sendable {
  case none, first, all

  /// The way in which `word` is written.
  init(of word: Span<UInt8>) {
    var letters = 0
    var capitals = 0
    var startsWithCapital = false
    for place in word.indices where ASCII.isLetter(word[place]) {
      letters += 1
      if ASCII.isUppercase(word[place]) {
        capitals += 1
        if letters == 1 { startsWithCapital = true }
      }
    }
    self =
      letters > 1 && capitals == letters ? .all : startsWithCapital || capitals > 0 || letters == 0 ? .first : .none
  }

  /// Appends `word`, which is ASCII or begins with a capital already, written in this way.
  func write(_ word: String, into output: inout [UInt8]) {
    switch self {
    case .none: output.append(contentsOf: word.lowercased().utf8)
    case .first:
      var isStart = true
      for byte in word.utf8 {
        output.append(isStart ? ASCII.uppercased(byte) : byte)
        isStart = false
      }
    case .all: output.append(contentsOf: word.uppercased().utf8)
    }
  }
}
