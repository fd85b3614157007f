import Bytes

/// A message of RFC 5424.
struct SyslogMessage {
  /// The severities that IHE and DICOM PS3.15 A.6 use.
  enum Severity: Int { case warning = 4, notice = 5 }

  /// What RFC 5612 reserves for documentation: no enterprise number is registered for Cordon.
  static let structuredDataID = "cordon@32473"

  var severity: Severity
  var time: Timestamp
  var host: String?
  /// What kind of message it is, up to 32 printable ASCII characters.
  var kind: String
  var parameters: KeyValuePairs<String, String>
  var text: [UInt8]

  /// Appends the message, without a frame.
  func write(into output: inout [UInt8]) {
    // Facility 10: security and authorization messages.
    output.append(contentsOf: "<\(10 * 8 + severity.rawValue)>1 \(time)".utf8)
    output.append(contentsOf: " \(SyslogMessage.header(host)) cordon - \(kind) [\(SyslogMessage.structuredDataID)".utf8)
    for parameter in parameters {
      output.append(contentsOf: " \(parameter.key)=\"".utf8)
      SyslogMessage.escape(parameter.value, into: &output)
      output.append(0x22)
    }
    output.append(contentsOf: "] ".utf8)
    // Section 6.4: a text in UTF-8 begins with the byte order mark.
    output.append(contentsOf: [0xEF, 0xBB, 0xBF])
    output.append(contentsOf: text)
  }

  /// A host name as a header may have it: printable ASCII without spaces, up to 255 characters; `-` for none.
  static func header(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "-" }
    return String(decoding: text.utf8.prefix(255).map { (0x21...0x7E).contains($0) ? $0 : 0x5F }, as: UTF8.self)
  }

  /// Appends a value of structured data: `"`, `\` and `]` escaped (section 6.3.3), line ends made spaces.
  static func escape(_ text: String, into output: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C, 0x5D: output.append(contentsOf: [0x5C, byte])
      case 0x00...0x1F, 0x7F: output.append(0x20)
      default: output.append(byte)
      }
    }
  }
}
