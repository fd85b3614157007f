/// A place in a request whose content cannot be read as text, so that nobody can say what it gives away.
package struct Uninspectable: Hashable, Sendable {
  /// What is there.
  package enum Reason: String, Hashable, Sendable {
    case image, audio, file
    /// A part of a kind that is not known, or says no kind.
    case unknownPart = "part of unknown type"
    /// Bytes written into a text, as `data:` URLs are.
    case encodedBytes = "encoded bytes"
    /// Numbers in the place of text, or a text cut into tokens.
    case tokens
    /// Another server, to which the vendor is to talk by itself.
    case connection = "connection to another server"
    /// A request that the answer be spoken.
    case audioOutput = "audio output"
  }

  /// The way to it, such as `messages[2].content[1]`.
  package var path: String
  /// What is there.
  package var reason: Reason
}
