import Bytes

/// One recipient stanza of an age header: arguments, and a body that wraps the file key.
struct AgeStanza: Hashable, Sendable {
  var arguments: [String]
  var body: [UInt8]

  /// The stanza as it stands in a header.
  func write(into output: inout [UInt8]) {
    output += Array("-> \(arguments.joined(separator: " "))\n".utf8)
    let text = RawBase64.encode(body)
    for start in stride(from: 0, through: text.count, by: AgeStanza.columns) {
      output += text[start..<min(start + AgeStanza.columns, text.count)]
      output.append(0x0A)
    }
  }

  static let columns = 64
}

/// Base64 of RFC 4648 without padding.
enum RawBase64 {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    Array(Base64.encode(bytes).utf8.prefix { $0 != 0x3D })
  }

  /// The bytes; nil unless `text` is the one encoding of them.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard !text.contains(0x3D), text.count % 4 != 1 else { return nil }
    let padded = text + [UInt8](repeating: 0x3D, count: (4 - text.count % 4) % 4)
    return Base64.decode(padded.span)
  }

  static func decode(_ text: String, count: Int) -> [UInt8]? {
    guard let bytes = decode(Array(text.utf8)), bytes.count == count else { return nil }
    return bytes
  }
}
