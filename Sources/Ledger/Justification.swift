/// Why something is allowed, in the words of whoever runs the house.
///
/// It comes from the configuration and never from a request. Up to 200 printable characters of ASCII without quotes,
/// backslashes, brackets, `<`, `>`, `&`, `=` and `|`: it needs no escaping in an entry.
package struct Justification: Hashable, Sendable, LosslessStringConvertible {
  private static let longest = 200

  /// The words.
  package let description: String

  /// The justification that `text` is; nil when it is too long, blank or has another character.
  package init?(_ text: String) {
    guard (1...Justification.longest).contains(text.utf8.count), text.utf8.allSatisfy(Justification.isPlain),
      text.utf8.contains(where: { $0 != 0x20 })
    else { return nil }
    description = text
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "="),
      UInt8(ascii: "|"):
      false
    default: (0x20...0x7E).contains(byte)
    }
  }
}
