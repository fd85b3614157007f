internal import Bytes

/// Whether the place that an answer has come to is inside something that a reader's program may fetch or follow.
///
/// It sees every byte of the answer as the reader will, and remembers a few of them: addresses (`AddressWatch`), the
/// destinations of Markdown (`DestinationWatch`) and tags of HTML (`TagWatch`), each by itself, so that nothing which one
/// of them takes for a beginning or an end hides anything from the others. Where a text can be read in several ways, the
/// place is inside when it is so in one of them: what is not restored stays a token, and harms nobody.
///
/// Of a text that is JSON each string is read by itself, as a program reads it, and where people may be shown the text
/// also as it stands. A text that follows another is read as if it went on from it, and also by itself.
package struct LinkWatch: Sendable {
  private var alone: Reading
  /// The same as `alone`, but after the texts that a reader's program may put before this one.
  private var joined: Reading?

  /// - Parameters:
  ///   - isJSON: whether the text is JSON.
  ///   - isShown: whether a text that is JSON may be shown as it is.
  init(isJSON: Bool, isShown: Bool = true) {
    alone = Reading(isJSON: isJSON, isShown: isShown)
  }

  /// Whether what comes next is inside a link.
  var isInside: Bool { alone.isInside || joined?.isInside == true }

  /// Takes the next byte of the answer.
  mutating func see(_ byte: UInt8) {
    alone.see(byte)
    joined?.see(byte)
  }

  /// Goes on from a text of the same kind that a reader's program may put right before this one.
  mutating func follow(_ before: LinkWatch) { joined = before.joined ?? before.alone }

  /// One way to read the text, which may be JSON.
  private struct Reading: Sendable {
    /// The text as it stands; nil where nobody is shown it.
    private var text: TextWatch?
    /// The strings of the JSON.
    private var strings: StringWatch?

    init(isJSON: Bool, isShown: Bool) {
      text = isShown || !isJSON ? TextWatch() : nil
      strings = isJSON ? StringWatch() : nil
    }

    var isInside: Bool { text?.isInside == true || strings?.isInside == true }

    mutating func see(_ byte: UInt8) {
      text?.see(byte)
      strings?.see(byte)
    }
  }
}

/// Reads each string of JSON as a text of its own.
private struct StringWatch: Sendable {
  private enum Escape { case none, backslash, unit(value: UInt32, digits: Int) }

  private var text = TextWatch()
  private var escape = Escape.none
  private var isInString = false

  var isInside: Bool { text.isInside }

  mutating func see(_ byte: UInt8) {
    switch escape {
    case .none:
      if byte == 0x22 {
        isInString.toggle()
        text = isInString ? TextWatch(quotedBy: AddressWatch.endOfString) : TextWatch()
      } else if byte == 0x5C {
        escape = .backslash
      } else {
        text.see(byte)
      }
    case .backslash:
      escape = byte == 0x75 ? .unit(value: 0, digits: 0) : .none
      switch byte {
      case 0x6E: text.see(0x0A)
      case 0x72: text.see(0x0D)
      case 0x74: text.see(0x09)
      case 0x75: break
      case 0x62, 0x66: text.see(0x01)
      default: text.see(byte)
      }
    case .unit(let value, let digits):
      let value = value << 4 | UInt32(ASCII.hexDigit(byte) ?? 0)
      escape = digits < 3 ? .unit(value: value, digits: digits + 1) : .none
      if digits == 3 { text.see(value < 0x80 ? UInt8(value) : value == 0xFEFF ? 0xEF : 0xC3) }
    }
  }
}

/// Reads a text that is no JSON.
private struct TextWatch: Sendable {
  private var addresses: AddressWatch
  private var destinations = DestinationWatch()
  private var tags = TagWatch()
  /// How many line ends have come since the last byte that is neither one nor a space or tab.
  private var lineEnds = 1

  init(quotedBy mark: UInt8 = 0) { addresses = AddressWatch(quotedBy: mark) }

  var isInside: Bool { addresses.isInside || destinations.isInside || tags.isInside }

  mutating func see(_ byte: UInt8) {
    switch byte {
    case 0x0A: lineEnds += 1
    case 0x09, 0x0D, 0x20: break
    default: lineEnds = 0
    }
    let isBlankLine = byte == 0x0A && lineEnds > 1
    addresses.see(byte)
    destinations.see(byte, isBlankLine: isBlankLine)
    tags.see(byte, isBlankLine: isBlankLine)
  }
}
