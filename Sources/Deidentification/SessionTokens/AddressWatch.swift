internal import Bytes

/// Whether a place is inside an address that stands in a text by itself.
///
/// An address begins with `//`, a known scheme with its colon, `www.` or a domain with a path, in letters of any alphabet,
/// its marks also written as references of HTML or escapes of JSON, and goes to the next white space, or to a `<` with no
/// bracket or quotation mark before it. One that begins
/// behind a quotation mark goes to the next such mark as well, whichever comes later: in an attribute or a string white space
/// is part of it, and for what makes links of plain text the mark is.
struct AddressWatch: Sendable {
  /// The mark before a string of JSON: no byte of a text ends what it begins.
  static let endOfString: UInt8 = 0xFF

  private(set) var isInside = false
  /// The quotation mark that an address under way ends with, or 0; and which of its ends have come.
  private var delimiter: UInt8 = 0
  private var isMarked = false
  private var isSpaced = false
  /// Whether a bracket or a quotation mark has come in the address: in them `<` may be part of it.
  private var isBracketed = false
  /// The quotation mark right before the chunk, or 0.
  private var opening: UInt8
  private var chunk = Chunk()
  private var escape: CharacterEscape?
  /// The chunk as it was before the escape.
  private var unescaped = Chunk()

  init(quotedBy mark: UInt8) { opening = mark }

  mutating func see(_ byte: UInt8) {
    let isSpace = ASCII.isSpace(byte)
    if isInside { return goOn(byte, isSpace: isSpace) }
    if isSpace || byte == 0x3C { return end(opening: 0) }
    if byte == 0x22 || byte == 0x27 || byte == 0x60 { return end(opening: byte) }
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
    (isInside, delimiter, isMarked, isSpaced, isBracketed, escape) = (true, opening, opening == 0, false, false, nil)
  }

  private mutating func goOn(_ byte: UInt8, isSpace: Bool) {
    if delimiter != 0, byte == delimiter {
      isMarked = true
      if isSpaced { end(opening: byte) }
    } else if isSpace || byte == 0x3C && !isBracketed {
      if isMarked { end(opening: 0) } else if isSpace { isSpaced = true }
    }
    switch byte {
    case 0x22, 0x27, 0x28, 0x5B, 0x7B: isBracketed = true
    default: break
    }
  }

  private mutating func end(opening mark: UInt8) {
    isInside = false
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
      "http", "https", "ftp", "ftps", "sftp", "ws", "wss", "file", "mailto", "sms", "tel", "sip", "sips", "xmpp", "vbscript",
      "intent", "magnet", "blob", "javascript",
    ].map(packed))
}
