internal import Bytes
internal import PHI

/// What stands at one place of an answer, read as a session token in any spelling that a model may give it.
///
/// ```
/// token     = kind separator index [form] separator check      in any case
/// separator = [break] underscore [break] | other
/// underscore = "_" | "\_" (up to four backslashes) | "\u005f" | "%5F" | "&#95;" | "&#x5F;" | "&lowbar;" | "&UnderBar;"
/// break     = a line end with the white space and `>` around it
/// other     = "-", a space, "*" or another hyphen or space: only in capitals, and at the beginning of a word
/// ```
///
/// Soft hyphens and characters without width may stand anywhere inside. Nothing behind the third check letter is looked
/// at. What is read depends on nothing but the bytes from `start` on and the one before.
enum TokenReading {
  /// A token, where it ends, and whether its separators are underscores in some spelling.
  case token(SessionToken, end: Int, isStrict: Bool)
  /// The bytes end before it can be told.
  case beginning
  /// No token begins here.
  case nothing

  /// The token at `start` of one of the `wanted` kinds; `previous` is the byte before it.
  init(at start: Int, after previous: UInt8, in bytes: Span<UInt8>, of wanted: IdentifierSet) {
    self = .nothing
    for kind in TokenGrammar.kinds(beginningWith: bytes[start])
    where kind.mayBegin(at: start, in: bytes) && wanted.contains(kind.identifier) {
      var spelling = TokenSpelling(at: start, after: previous)
      switch spelling.read(kind, in: bytes) {
      case .passed:
        self = .token(spelling.token(kind.identifier), end: spelling.place, isStrict: !spelling.isLoose)
        return
      case .cut: self = .beginning
      case .missing: break
      }
    }
  }
}

/// The reading of one token, byte by byte.
struct TokenSpelling {
  /// What came of one part.
  enum Step { case passed, missing, cut }

  private(set) var place: Int
  /// Whether a separator is no underscore.
  private(set) var isLoose = false
  /// What has been read of the index.
  private(set) var index: UInt32 = 0
  /// Whether both separators have been passed.
  private(set) var hasSeparators = false
  private var form: UInt32 = 0
  private var check: UInt16 = 0
  private var isCapital = true
  private let mayBeLoose: Bool

  init(at start: Int, after previous: UInt8) {
    place = start
    mayBeLoose = !ASCII.isWord(previous) && previous < 0x80
  }

  func token(_ identifier: Identifier) -> SessionToken {
    SessionToken(identifier: identifier, index: index, form: form == 0 ? 0 : form - 1, check: check)
  }

  mutating func read(_ kind: TokenGrammar.Kind, in bytes: Span<UInt8>) -> Step {
    var step = readLabel(kind.letters, in: bytes)
    if step == .passed { step = readSeparator(in: bytes) }
    if step == .passed { step = readIndex(in: bytes) }
    if step == .passed { step = readForm(in: bytes) }
    if step == .passed { step = readSeparator(in: bytes) }
    guard step == .passed else { return step }
    hasSeparators = true
    return readCheck(in: bytes)
  }

  private mutating func readLabel(_ letters: [UInt8], in bytes: Span<UInt8>) -> Step {
    for (number, letter) in letters.enumerated() {
      if number > 0, skipInvisible(in: bytes) == .cut { return .cut }
      guard place < bytes.count else { return .cut }
      guard bytes[place] & 0xDF == letter else { return .missing }
      if bytes[place] != letter { isCapital = false }
      place += 1
    }
    return .passed
  }

  private mutating func readIndex(in bytes: Span<UInt8>) -> Step {
    var digits = 0
    while true {
      if skipInvisible(in: bytes) == .cut { return .cut }
      guard place < bytes.count else { return .cut }
      guard ASCII.isDigit(bytes[place]), digits > 0 || bytes[place] != 0x30 else {
        return digits > 0 ? .passed : .missing
      }
      guard digits < 7 else { return .missing }
      index = index * 10 + UInt32(bytes[place] &- 0x30)
      digits += 1
      place += 1
    }
  }

  /// Reads no letters as the first form, `B` as the second; `A` is none.
  private mutating func readForm(in bytes: Span<UInt8>) -> Step {
    var letters = 0
    while true {
      if skipInvisible(in: bytes) == .cut { return .cut }
      guard place < bytes.count else { return .cut }
      guard ASCII.isLetter(bytes[place]) else { return form == 1 ? .missing : .passed }
      guard letters < 3 else { return .missing }
      form = form * 26 + UInt32(ASCII.uppercased(bytes[place]) &- 0x40)
      letters += 1
      place += 1
    }
  }

  private mutating func readCheck(in bytes: Span<UInt8>) -> Step {
    for _ in 0..<3 {
      if skipInvisible(in: bytes) == .cut { return .cut }
      guard place < bytes.count else { return .cut }
      let value = TokenGrammar.consonantValues[Int(bytes[place])]
      guard value != 0xFF, !isLoose || ASCII.isUppercase(bytes[place]) else { return .missing }
      check = check * 20 + UInt16(value)
      place += 1
    }
    return .passed
  }

  private mutating func readSeparator(in bytes: Span<UInt8>) -> Step {
    if skipInvisible(in: bytes) == .cut { return .cut }
    let start = place
    let step = readUnderscore(in: bytes)
    guard step == .missing, mayBeLoose, isCapital else { return step }
    place = start
    isLoose = true
    return skipAny(of: TokenSpelling.looseSeparators, in: bytes)
  }

  private mutating func readUnderscore(in bytes: Span<UInt8>) -> Step {
    if skipBreak(in: bytes) == .cut || skipInvisible(in: bytes) == .cut { return .cut }
    let start = place
    while place < bytes.count, place - start < 4, bytes[place] == 0x5C { place += 1 }
    let backslashes = place - start
    guard place < bytes.count else { return .cut }
    var step = Step.missing
    switch bytes[place] {
    case 0x5F:
      place += 1
      step = .passed
    case 0x75 where backslashes > 0: step = skip("u005f", in: bytes)
    case 0x25 where backslashes == 0, 0x26 where backslashes == 0:
      step = skipAny(of: TokenSpelling.encodedUnderscores, in: bytes)
    default: break
    }
    guard step == .passed else { return step }
    return skipBreak(in: bytes) == .cut ? .cut : .passed
  }

  /// Steps over a line's end and the white space around it; a line's end may be written as an escape of JSON.
  private mutating func skipBreak(in bytes: Span<UInt8>) -> Step {
    var at = place
    while at < bytes.count, at - place < 4, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    guard at < bytes.count else { return at > place ? .cut : .missing }
    var hasEnd = false
    while at < bytes.count, at - place < 8 {
      if ASCII.isNewline(bytes[at]) {
        at += 1
      } else if bytes[at] == 0x5C {
        guard at + 1 < bytes.count else { return .cut }
        guard bytes[at + 1] == 0x6E || bytes[at + 1] == 0x72 else { break }
        at += 2
      } else {
        break
      }
      hasEnd = true
    }
    guard hasEnd else { return .missing }
    let line = at
    while at < bytes.count, at - line < 8, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x3E { at += 1 }
    place = at
    return .passed
  }

  /// Whether a character that nobody sees may begin with this byte.
  static func mayBeginInvisible(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2, 0xE2, 0xEF, 0x26, 0x5C: true
    default: false
    }
  }

  /// Steps over at most two characters that nobody sees.
  private mutating func skipInvisible(in bytes: Span<UInt8>) -> Step {
    for _ in 0..<2 {
      guard place < bytes.count else { return .missing }
      guard TokenSpelling.mayBeginInvisible(bytes[place]) else { return .missing }
      let step = skipAny(of: TokenSpelling.invisible, in: bytes)
      guard step == .passed else { return step }
    }
    return .passed
  }

  private mutating func skipAny(of choices: [StaticString], in bytes: Span<UInt8>) -> Step {
    var result = Step.missing
    for choice in choices {
      switch skip(choice, in: bytes) {
      case .passed: return .passed
      case .cut: result = .cut
      case .missing: break
      }
    }
    return result
  }

  private mutating func skip(_ choice: StaticString, in bytes: Span<UInt8>) -> Step {
    let available = min(choice.utf8CodeUnitCount, bytes.count - place)
    let isSpelled = choice.withUTF8Buffer { letters in
      for offset in 0..<available where unsafe ASCII.lowercased(bytes[place + offset]) != letters[offset] {
        return false
      }
      return true
    }
    guard isSpelled else { return .missing }
    guard available == choice.utf8CodeUnitCount else { return .cut }
    place += available
    return .passed
  }

  private static let looseSeparators: [StaticString] = [
    "-", " ", "*", "\u{A0}", "\u{202F}", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}",
  ]

  // In lower case: what stands in the text is compared in lower case.
  private static let encodedUnderscores: [StaticString] = ["%5f", "&#95;", "&#x5f;", "&lowbar;", "&underbar;"]

  private static let invisible: [StaticString] = [
    "\u{AD}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "&shy;", "\\u00ad", "\\u200b", "\\u200c",
    "\\u200d", "\\u2060", "\\ufeff",
  ]
}
