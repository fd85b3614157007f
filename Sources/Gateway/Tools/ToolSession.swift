import Bytes
import Ciphers

/// A session with a tool server under a name of the gateway's: the server's own name for it, and a code that binds it to
/// the caller and the server.
///
/// A client can hand on no text of its own in the place of a session, and no session of another caller.
struct ToolSession: Hashable, Sendable {
  /// What the server calls it.
  let name: String
  private static let longest = 1_024

  /// The session that a server has named; nil for a name that is none (visible ASCII, as the protocol has it).
  init?(named name: String) {
    guard (1...Self.longest).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    self.name = name
  }

  /// The session that a client names; nil when the gateway has not named it so, to this caller, for this server.
  init?(presented text: String, of server: String, under key: borrowing SecretBytes) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 2 * Self.longest, let bytes = Base64URL.decode(String(parts[0])),
      let session = ToolSession(named: String(decoding: bytes, as: UTF8.self)),
      let code = Digest(hexadecimal: String(parts[1])), session.code(of: server, under: key).equalsInConstantTime(code)
    else { return nil }
    self = session
  }

  /// What the client calls it.
  func presented(of server: String, under key: borrowing SecretBytes) -> String {
    "\(Base64URL.encode(Array(name.utf8))).\(code(of: server, under: key))"
  }

  private func code(of server: String, under key: borrowing SecretBytes) -> Digest {
    Digest(authenticating: Array("cordon tool session\0\(server)\0\(name)".utf8), key: key)
  }
}
