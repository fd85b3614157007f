internal import Bytes

/// Whether a place is inside the destination of a link or image of Markdown, or of a reference definition.
///
/// A destination goes from `](` to the bracket that closes it, or between `<` and `>`, in which spaces and brackets may
/// stand; both are taken to be so until the later of the two. That of a definition stands behind `[label]:` at the
/// beginning of a line or of what is in a list or a quotation; in angle brackets behind any `]:`, but where a number is
/// in them. An empty line ends all of them, as it ends the paragraph.
struct DestinationWatch: Sendable {
  private struct Label: OptionSet {
    let rawValue: UInt8

    static let open = Label(rawValue: 1)
    static let closed = Label(rawValue: 2)
    /// Behind the colon of a definition.
    static let announced = Label(rawValue: 4)
    static let destination = Label(rawValue: 8)
    /// Behind `]` wherever it stands.
    static let bracket = Label(rawValue: 16)
    /// Behind `]:` wherever it stands.
    static let colon = Label(rawValue: 32)
  }

  /// Between which angle brackets; `doubtful` is right behind the first, where no line begins with the label.
  private enum Angle { case none, link, definition, doubtful }

  /// How deep in the brackets of a destination.
  private var depth = 0
  /// Whether the destination is still to begin.
  private var isAwaited = false
  private var angle = Angle.none
  private var label: Label = []
  private var isLineStart = true
  private var isBackslashed = false

  var isInside: Bool {
    depth > 0 || angle != .none || !label.isDisjoint(with: [.announced, .destination])
  }

  mutating func see(_ byte: UInt8, isBlankLine: Bool) {
    let isEscaped = isBackslashed
    isBackslashed = byte == 0x5C && !isEscaped
    if isBlankLine {
      (depth, isAwaited, angle, label, isLineStart) = (0, false, .none, [], true)
      return
    }
    let isSpace = ASCII.isSpace(byte)
    readAngle(byte, isEscaped: isEscaped, isSpace: isSpace)
    readBrackets(byte, isEscaped: isEscaped)
    readLabel(byte, isEscaped: isEscaped, isSpace: isSpace)
    if ASCII.isNewline(byte) {
      isLineStart = true
    } else if isLineStart, !isSpace, !DestinationWatch.isMark(byte) {
      isLineStart = false
    }
  }

  private mutating func readAngle(_ byte: UInt8, isEscaped: Bool, isSpace: Bool) {
    switch angle {
    case .link where byte == 0x3E && !isEscaped:
      angle = .none
      // The title, and the bracket that closes.
      depth = max(depth, 1)
    case .definition where byte == 0x3E && !isEscaped || byte == 0x0A: angle = .none
    case .doubtful: angle = ASCII.isDigit(byte) || byte == 0x3D || byte == 0x3E || byte == 0x0A ? .none : .definition
    case .link, .definition: break
    case .none:
      guard byte == 0x3C else { break }
      if isAwaited {
        angle = .link
      } else if label.contains(.announced) {
        angle = .definition
      } else if label.contains(.colon) {
        angle = .doubtful
      }
    }
    if !isSpace { isAwaited = false }
  }

  private mutating func readBrackets(_ byte: UInt8, isEscaped: Bool) {
    if byte == 0x28, label.contains(.bracket) {
      depth += 1
      isAwaited = true
    } else if depth > 0, !isEscaped {
      if byte == 0x28 { depth += 1 } else if byte == 0x29 { depth -= 1 }
    }
  }

  private mutating func readLabel(_ byte: UInt8, isEscaped: Bool, isSpace: Bool) {
    guard !label.isEmpty || byte == 0x5B || byte == 0x5D else { return }
    var next: Label = byte == 0x5D ? .bracket : []
    if byte == 0x5B, isLineStart || label.contains(.announced) { next.insert(.open) }
    if label.contains(.open) { next.insert(byte == 0x5D && !isEscaped ? .closed : .open) }
    if label.contains(.closed), byte == 0x3A { next.insert(.announced) }
    if label.contains(.announced) { next.insert(isSpace ? .announced : .destination) }
    if label.contains(.destination), !isSpace { next.insert(.destination) }
    if label.contains(.bracket), byte == 0x3A { next.insert(.colon) }
    if label.contains(.colon), isSpace { next.insert(.colon) }
    label = next
  }

  /// Whether `byte` may stand before a definition on its line: marks of quotations and lists, and of a text's beginning.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3E, 0x2D, 0x2A, 0x2B, 0x2E, 0x29, 0x3A, 0x7E, 0xEF, 0xBB, 0xBF: true
    default: ASCII.isDigit(byte)
    }
  }
}
