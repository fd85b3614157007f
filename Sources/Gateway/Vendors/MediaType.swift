/// Reads the header `content-type` (RFC 9110, 8.3.1).
enum MediaType {
  /// The streams of Amazon's services.
  static let amazonEventStream = "application/vnd.amazon.eventstream"

  /// The type in small letters, without its parameters.
  static func name(in header: String) -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let name = header.utf8.prefix { $0 != 0x3B }.drop(while: isBlank)
    let end = name.lastIndex { !isBlank($0) }.map(name.index(after:)) ?? name.startIndex
    return Substring(name[..<end]).lowercased()
  }
}
