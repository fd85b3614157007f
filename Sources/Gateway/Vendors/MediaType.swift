/// Reads the header `content-type` (RFC 9110, 8.3.1).
enum MediaType {
  /// The streams of Amazon's services.
  static let amazonEventStream = "application/vnd.amazon.eventstream"

  /// The type in small letters, without its parameters.
  static func name(in header: String) -> String {
    let name = header.prefix { $0 != ";" }.lowercased()
    return String(name.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
