internal import Bytes

/// Whether the place that an answer has come to is inside something that a reader's program may fetch or follow.
///
/// It sees every byte of the answer as the reader will, and remembers a few of them. What it takes for a link:
///
/// - from `//`, a known scheme with its colon, `www.` or a domain with a path, to the next white space or `<`; one that
///   begins behind a quotation mark goes to that mark, white space included;
/// - the destination of a Markdown link or image, from `](` to its closing bracket;
/// - the destination of a reference definition, behind `[label]:`;
/// - a tag of HTML, from `<` and a letter to `>`: its attributes, and automatic links in angle brackets.
///
/// Where it is unsure it says yes: what is not restored stays a token, and harms nobody.
struct LinkWatch: Sendable {
  private enum Escape { case none, backslash, unit(value: UInt32, digits: Int) }

  private let isJSON: Bool
  private var escape = Escape.none
  private var isInString = false
  private var isBackslashed = false
  private var previous: UInt8 = 0x0A

  /// How many line ends have come since the last byte that is no white space.
  private var lineEnds = 1
  /// A link under way, and the quotation mark that it ends with; 0 when white space ends it.
  private var isLink = false
  private var delimiter: UInt8 = 0
  /// The quotation mark right before the chunk, or 0.
  private var opening: UInt8 = 0
  /// The last eight letters before this byte, lower case, packed; 0 when the last byte was no letter.
  private var letters: UInt64 = 0
  private var letterCount = 0
  /// Whether a dot with a word before it stands before the last letters.
  private var isAfterDot = false
  private var isDomain = false
  /// How deep in the brackets of a Markdown destination.
  private var depth = 0
  private var label = Label.none
  private enum Label { case none, open, closed, announced, destination }
  private var isLineStart = true
  private var isTag = false
  private var quote: UInt8 = 0
  private var isAfterEquals = false

  init(isJSON: Bool) { self.isJSON = isJSON }

  /// Whether what comes next is inside a link.
  var isInside: Bool {
    isLink || depth > 0 || isTag || label == .announced || label == .destination
  }

  /// Takes the next byte of the answer.
  mutating func see(_ byte: UInt8) {
    guard isJSON else { return read(byte) }
    switch escape {
    case .none:
      if byte == 0x22 {
        isInString.toggle()
        startOver(after: byte)
      } else if byte == 0x5C {
        escape = .backslash
      } else {
        read(byte)
      }
    case .backslash:
      escape = byte == 0x75 ? .unit(value: 0, digits: 0) : .none
      switch byte {
      case 0x6E, 0x72: read(0x0A)
      case 0x74: read(0x09)
      case 0x75: break
      case 0x62, 0x66: read(0x01)
      default: read(byte)
      }
    case .unit(let value, let digits):
      let value = value << 4 | UInt32(ASCII.hexDigit(byte) ?? 0)
      escape = digits < 3 ? .unit(value: value, digits: digits + 1) : .none
      if digits == 3 { read(value < 0x80 ? UInt8(value) : 0x80) }
    }
  }

  /// Forgets what was before: a string of JSON begins or ends.
  private mutating func startOver(after quotation: UInt8) {
    let isOpen = isInString
    self = LinkWatch(isJSON: true)
    isInString = isOpen
    opening = isOpen ? quotation : 0
  }

  private mutating func read(_ byte: UInt8) {
    let isBackslashed = self.isBackslashed
    self.isBackslashed = byte == 0x5C && !isBackslashed
    let isSpace = ASCII.isSpace(byte)
    lineEnds = byte == 0x0A ? lineEnds + 1 : isSpace ? lineEnds : 0
    let isBlankLine = byte == 0x0A && lineEnds > 1
    readTag(byte, isBlankLine: isBlankLine)
    readDestination(byte, isBackslashed: isBackslashed, isBlankLine: isBlankLine)
    readLabel(byte, isSpace: isSpace, isBackslashed: isBackslashed, isBlankLine: isBlankLine)
    readChunk(byte, isSpace: isSpace)
    if byte == 0x0A {
      isLineStart = true
    } else if isLineStart, !isSpace, !LinkWatch.isListMark(byte) {
      isLineStart = false
    }
    previous = byte
  }

  private mutating func readTag(_ byte: UInt8, isBlankLine: Bool) {
    if isTag {
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x3E || isBlankLine {
        isTag = false
      } else if isAfterEquals, byte == 0x22 || byte == 0x27 {
        quote = byte
      }
      if !ASCII.isSpace(byte) { isAfterEquals = byte == 0x3D }
    } else if previous == 0x3C, ASCII.isLetter(byte) || byte == 0x2F || byte == 0x21 || byte == 0x3F {
      isTag = true
      quote = 0
      isAfterEquals = false
    }
  }

  private mutating func readDestination(_ byte: UInt8, isBackslashed: Bool, isBlankLine: Bool) {
    if depth == 0 {
      if byte == 0x28, previous == 0x5D { depth = 1 }
    } else if isBlankLine {
      depth = 0
    } else if !isBackslashed {
      if byte == 0x28 { depth += 1 } else if byte == 0x29 { depth -= 1 }
    }
  }

  private mutating func readLabel(_ byte: UInt8, isSpace: Bool, isBackslashed: Bool, isBlankLine: Bool) {
    if isBlankLine { label = .none }
    switch label {
    case .none: if byte == 0x5B, isLineStart { label = .open }
    case .open: if byte == 0x5D, !isBackslashed { label = .closed }
    case .closed: label = byte == 0x3A ? .announced : .none
    case .announced: if !isSpace { label = .destination }
    case .destination: if isSpace { label = .none }
    }
  }

  private mutating func readChunk(_ byte: UInt8, isSpace: Bool) {
    if isLink {
      if delimiter != 0 ? byte == delimiter : isSpace || byte == 0x3C { endChunk(before: byte) }
      return
    }
    if isSpace || byte == 0x3C { return endChunk(before: byte) }
    if byte == 0x22 || byte == 0x27 || byte == 0x60 {
      endChunk(before: byte)
      opening = byte
      return
    }
    switch byte {
    case 0x2F, 0x5C:
      let isPair = previous == 0x2F || previous == 0x5C && byte == 0x2F
      if isPair || byte == 0x2F && isDomainEnded { startLink() }
    case 0x3A: if isScheme { startLink() } else if isDomainEnded { isDomain = true }
    case 0x3F, 0x23: if isDomainEnded { startLink() }
    case 0x2E: if letterCount == 3, letters == LinkWatch.packed("www") { startLink() }
    default: break
    }
    readLetter(byte)
  }

  private mutating func readLetter(_ byte: UInt8) {
    if ASCII.isLetter(byte) {
      letters = letters << 8 | UInt64(byte | 0x20)
      letterCount += 1
      return
    }
    if byte == 0x2E {
      isAfterDot = letterCount > 1 || ASCII.isDigit(previous)
    } else if byte != 0x2D {
      isAfterDot = false
    }
    letters = 0
    letterCount = 0
  }

  private var isDomainEnded: Bool { isDomain || isAfterDot && letterCount > 1 }

  private var isScheme: Bool { LinkWatch.schemes.contains(letters) }

  private mutating func startLink() {
    isLink = true
    delimiter = opening
  }

  private mutating func endChunk(before byte: UInt8) {
    isLink = false
    delimiter = 0
    opening = 0
    letters = 0
    letterCount = 0
    isAfterDot = false
    isDomain = false
  }

  /// Whether `byte` may stand before a definition on its line: marks of quotations and lists.
  private static func isListMark(_ byte: UInt8) -> Bool {
    byte == 0x3E || byte == 0x2D || byte == 0x2A || byte == 0x2B || byte == 0x2E || byte == 0x29 || ASCII.isDigit(byte)
  }

  private static func packed(_ word: String) -> UInt64 { word.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

  private static let schemes = Set(
    [
      "http", "https", "ftp", "ftps", "sftp", "ws", "wss", "file", "mailto", "sms", "tel", "vbscript", "intent",
      "magnet",
      "blob", "javascript",
    ].map(packed))
}
