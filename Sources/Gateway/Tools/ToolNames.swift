import Bytes
import Ciphers

/// What a tool server names and a client names again, a session or the place in a list, under names of the gateway's: the
/// server's own word, and a code that binds it to the caller and the server.
///
/// A client can hand on no text of its own in its place, and none that another caller was given.
struct ToolNames: Sendable {
  /// What is named.
  enum Kind: String, Hashable, Sendable {
    case session, cursor
  }

  private static let longest = 2_048
  private let key: Digest

  /// The names of one caller at one server; `secret` is the caller's.
  init(of server: String, under secret: borrowing SecretBytes) {
    key = Digest(authenticating: Array("cordon names of a tool server\0\(server)".utf8), key: secret)
  }

  /// What the client is given for a server's word.
  func presented(_ word: String, as kind: Kind) -> String {
    "\(Base64URL.encode(Array(word.utf8))).\(code(word, kind))"
  }

  /// The server's word that the client means; nil when it was not given so.
  func word(for presented: String, as kind: Kind) -> String? {
    let parts = presented.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, presented.utf8.count <= 2 * Self.longest, let bytes = Base64URL.decode(String(parts[0])),
      let given = Digest(hexadecimal: String(parts[1])), let word = String(validating: bytes, as: UTF8.self),
      code(word, kind).equalsInConstantTime(given)
    else { return nil }
    return word
  }

  /// Whether a text can be the name of a session: visible ASCII.
  static func isSession(_ name: String) -> Bool {
    (1...longest).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private func code(_ word: String, _ kind: Kind) -> Digest {
    var bytes = key.bytes
    let key = SecretBytes(taking: &bytes)
    return Digest(authenticating: Array("\(kind.rawValue)\0\(word)".utf8), key: key)
  }
}
