import Bytes

/// An element of an XML document: a name, attributes in order, and either text or elements.
struct XMLElement {
  private let name: String
  private let attributes: [(name: String, value: String?)]
  private let text: String
  private let children: [XMLElement]

  /// An element; an attribute without a value is left out.
  ///
  /// - Precondition: names are XML names.
  init(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text: String = "", _ children: [XMLElement] = []
  ) {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value) }
    self.text = text
    self.children = children
  }

  /// Appends the element without any white space between elements.
  func write(into output: inout [UInt8]) {
    output.append(0x3C)
    output.append(contentsOf: name.utf8)
    for attribute in attributes {
      guard let value = attribute.value else { continue }
      output.append(0x20)
      output.append(contentsOf: attribute.name.utf8)
      output.append(contentsOf: "=\"".utf8)
      XMLElement.escape(value, into: &output)
      output.append(0x22)
    }
    guard !text.isEmpty || !children.isEmpty else { return output.append(contentsOf: "/>".utf8) }
    output.append(0x3E)
    XMLElement.escape(text, into: &output)
    for child in children { child.write(into: &output) }
    output.append(contentsOf: "</".utf8)
    output.append(contentsOf: name.utf8)
    output.append(0x3E)
  }

  /// Appends `text` as it stands in an attribute or between tags.
  ///
  /// White space other than a space is written as a character reference, because a reader makes spaces of it in an
  /// attribute; a character that XML 1.0 cannot hold becomes U+FFFD.
  static func escape(_ text: String, into output: inout [UInt8]) {
    guard !text.utf8.allSatisfy(isPlain) else { return output.append(contentsOf: text.utf8) }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output.append(contentsOf: "&amp;".utf8)
      case "<": output.append(contentsOf: "&lt;".utf8)
      case ">": output.append(contentsOf: "&gt;".utf8)
      case "\"": output.append(contentsOf: "&quot;".utf8)
      case "'": output.append(contentsOf: "&apos;".utf8)
      case "\t", "\n", "\r": output.append(contentsOf: "&#\(scalar.value);".utf8)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": output.append(contentsOf: "\u{FFFD}".utf8)
      default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// Whether a byte stands for itself; what is not ASCII is looked at by character.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7F).contains(byte) && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22 && byte != 0x27
  }
}
