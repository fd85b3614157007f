internal import Bytes

/// Whether a place is inside a tag of HTML, an automatic link in angle brackets, or a style sheet.
///
/// Markdown and HTML do not agree on what is a tag, so each `<` before a letter, `/`, `!`, `?`, `\` or `&` may begin one,
/// also in another, and in a tag each `=` may be the one before a value or part of a name. All these readings go on side by
/// side, as a set of states. Only `>` outside quotation marks ends a tag. Behind an empty line, or a quotation mark that
/// begins no value, nothing of it is fetched any more but the values of its attributes: there ordinary text goes on that
/// happens to have a `<` before a letter.
struct TagWatch: Sendable {
  private struct States: OptionSet {
    let rawValue: UInt16

    /// Right behind `<`.
    static let opened = States(rawValue: 1)
    /// In what may be the scheme of an automatic link.
    static let scheme = States(rawValue: 2)
    /// In an automatic link, behind its scheme.
    static let automaticLink = States(rawValue: 4)
    static let tag = States(rawValue: 8)
    /// In a tag of which only values of attributes count.
    static let dormantTag = States(rawValue: 16)
    static let equals = States(rawValue: 32)
    static let plainValue = States(rawValue: 64)
    static let doublyQuoted = States(rawValue: 128)
    static let singlyQuoted = States(rawValue: 256)
    static let style = States(rawValue: 512)

    static let inside: States = [
      .automaticLink, .tag, .equals, .plainValue, .doublyQuoted, .singlyQuoted, .style,
    ]
  }

  private var states: States = []
  /// The letters of the name of the last tag, lower case, packed, while it is being read; a `/` before it is one of them.
  private var name: UInt64?

  var isInside: Bool { !states.isDisjoint(with: .inside) }

  mutating func see(_ byte: UInt8, isBlankLine: Bool) {
    guard !states.isEmpty || byte == 0x3C else { return }
    var next: States = byte == 0x3C ? .opened : []
    if states.contains(.opened) { open(with: byte, &next) }
    if states.contains(.scheme) {
      if byte == 0x3A {
        next.insert(.automaticLink)
      } else if ASCII.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E {
        next.insert(.scheme)
      }
    }
    if states.contains(.automaticLink), !ASCII.isSpace(byte), byte != 0x3C, byte != 0x3E { next.insert(.automaticLink) }
    if states.contains(.tag) {
      let isText = isBlankLine || byte == 0x22 || byte == 0x27
      next.formUnion(TagWatch.behind(byte, in: isText ? .dormantTag : .tag))
    }
    if states.contains(.dormantTag) { next.formUnion(TagWatch.behind(byte, in: .dormantTag)) }
    if states.contains(.equals) { next.formUnion(TagWatch.beginning(of: byte)) }
    if states.contains(.plainValue), byte != 0x3E, !ASCII.isSpace(byte) { next.insert(.plainValue) }
    if states.contains(.doublyQuoted) { next.insert(byte == 0x22 ? .tag : .doublyQuoted) }
    if states.contains(.singlyQuoted) { next.insert(byte == 0x27 ? .tag : .singlyQuoted) }
    if states.contains(.style) { next.insert(.style) }
    states = next
    readName(byte)
  }

  private mutating func open(with byte: UInt8, _ next: inout States) {
    switch byte {
    case 0x2F, 0x21, 0x3F, 0x5C, 0x26: next.insert(.tag)
    default: if ASCII.isLetter(byte) { next.formUnion([.tag, .scheme]) }
    }
    name = 0
  }

  private mutating func readName(_ byte: UInt8) {
    guard let name else { return }
    if ASCII.isLetter(byte) || byte == 0x2F && name == 0 {
      self.name = name << 8 | UInt64(byte | 0x20)
      return
    }
    self.name = nil
    guard byte == 0x3E || byte == 0x2F || ASCII.isSpace(byte) else { return }
    if name == TagWatch.style { states.insert(.style) } else if name == TagWatch.styleEnd { states.remove(.style) }
  }

  /// Where a tag goes on behind a byte that is in no value.
  private static func behind(_ byte: UInt8, in state: States) -> States {
    switch byte {
    case 0x3E: []
    case 0x3D: [state, .equals]
    default: state
    }
  }

  /// What `byte` begins behind `=`.
  private static func beginning(of byte: UInt8) -> States {
    switch byte {
    case 0x22: .doublyQuoted
    case 0x27: .singlyQuoted
    case 0x3E: []
    default: ASCII.isSpace(byte) ? .equals : .plainValue
    }
  }

  private static let style = "style".utf8.reduce(0) { $0 << 8 | UInt64($1) }
  // The slash as a letter in lower case is.
  private static let styleEnd = UInt64(0x2F) << 40 | style
}
