internal import Bytes

/// Whether a place is inside an address that stands in a text by itself.
///
/// An address begins with `//`, a known scheme with its colon, `www.` or a domain with a path, in letters of any alphabet,
/// its marks also written as references of HTML or escapes of JSON. It goes to the next white space, or to a `<` with no
/// bracket or quotation mark before it; one that begins behind a quotation mark goes at least to the next such mark: in
/// an attribute or a string white space is part of it, and for what makes links of plain text the mark is.
struct AddressWatch: Sendable {
  /// The mark before a string of JSON: no byte of a text ends what it begins.
  static let endOfString: UInt8 = 0xFF

  private struct Marks: OptionSet {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The mark that `byte` is; empty when it is none.
    init(_ byte: UInt8) {
      switch byte {
      case 0x22: rawValue = 1
      case 0x27: rawValue = 2
      case 0x60: rawValue = 4
      case AddressWatch.endOfString: rawValue = 8
      default: rawValue = 0
      }
    }
  }

  /// Whether an address is under way that white space ends.
  private var isAddress = false
  /// Whether a bracket or a quotation mark has come in it: in them `<` may be part of it.
  private var isBracketed = false
  /// The marks that end addresses which began behind one.
  private var quotes: Marks = []
  /// The quotation mark right before the chunk, if any.
  private var opening: Marks
  private var chunk = Chunk()
  private var escape: CharacterEscape?
  /// The chunk as it was before the escape.
  private var unescaped = Chunk()

  init(quotedBy mark: UInt8) { opening = Marks(mark) }

  var isInside: Bool { isAddress || !quotes.isEmpty }

  mutating func see(_ byte: UInt8) {
    let mark = Marks(byte)
    quotes.subtract(mark)
    if ASCII.isSpace(byte) { return end(opening: []) }
    if byte == 0x3C, !isAddress || !isBracketed { return end(opening: []) }
    if isAddress {
      if !mark.isEmpty || byte == 0x28 || byte == 0x5B || byte == 0x7B { isBracketed = true }
      return
    }
    if !mark.isEmpty { return end(opening: mark) }
    switch escape?.see(byte) {
    case .ended(let value, let isLast):
      escape = nil
      var written = chunk
      written.see(byte)
      chunk = unescaped
      chunk.see(value)
      if isLast {
        if written.isAddress { chunk = written }
        return begin()
      }
    case .broken: escape = nil
    case .open, nil: break
    }
    if escape == nil, byte == 0x26 || byte == 0x5C {
      escape = CharacterEscape(byte)
      unescaped = chunk
    }
    chunk.see(byte)
    begin()
  }

  private mutating func begin() {
    guard chunk.isAddress else { return }
    (isAddress, isBracketed, escape) = (true, false, nil)
    quotes.formUnion(opening)
  }

  private mutating func end(opening mark: Marks) {
    isAddress = false
    opening = mark
    chunk = Chunk()
    escape = nil
  }
}

/// What has come of a stretch without white space in which an address may begin.
private struct Chunk: Sendable {
  private(set) var isAddress = false
  private var previous: UInt8 = 0
  /// The last eight letters before the next byte, lower case, packed; 0 when the last byte was no letter.
  private var letters: UInt64 = 0
  private var letterCount = 0
  /// How many characters the label of a domain under way has, and whether it begins as the last label of one does.
  private var labelLength = 0
  private var isTopLabel = false
  /// Whether a dot with a label before it stands before this label.
  private var isAfterDot = false
  /// Whether a domain has come, with a dot or a colon behind it.
  private var isDomain = false

  mutating func see(_ byte: UInt8) {
    defer { previous = byte }
    switch byte {
    case 0x2F, 0x5C:
      let isPair = previous == 0x2F || previous == 0x5C && byte == 0x2F
      if isPair || byte == 0x2F && isDomainEnded { isAddress = true }
    case 0x3A: if Chunk.schemes.contains(letters) { isAddress = true } else if isDomainEnded { isDomain = true }
    case 0x3F, 0x23: if isDomainEnded { isAddress = true }
    case 0x2E: if letterCount == 3, letters == Chunk.packed("www") { isAddress = true }
    default: break
    }
    if ASCII.isLetter(byte) {
      letters = letters << 8 | UInt64(byte | 0x20)
      letterCount &+= 1
    } else {
      (letters, letterCount) = (0, 0)
    }
    readLabel(byte)
  }

  private mutating func readLabel(_ byte: UInt8) {
    if ASCII.isAlphanumeric(byte) || byte == 0x2D || byte >= 0x80 {
      if labelLength == 0 { isTopLabel = ASCII.isLetter(byte) || byte >= 0x80 }
      if byte & 0xC0 != 0x80 { labelLength &+= 1 }
    } else {
      if byte == 0x2E, isDomainEnded { isDomain = true }
      isAfterDot = byte == 0x2E && labelLength > 0
      labelLength = 0
    }
  }

  private var isDomainEnded: Bool { isDomain || isAfterDot && isTopLabel && labelLength > 1 }

  private static func packed(_ word: String) -> UInt64 { word.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

  private static let schemes = Set(
    [
      "http", "https", "ftp", "ftps", "sftp", "ws", "wss", "file", "mailto", "sms", "tel", "sip", "sips", "xmpp",
      "vbscript",
      "intent", "magnet", "blob", "javascript",
    ].map(packed))
}
