import Bytes
import Ciphers
import Testing

/// A test vector of a standard: where it is from, what it shows, and what is special about it.
struct Vector: Sendable, CustomTestStringConvertible {
  /// What a vector shows besides the plain case.
  enum Flag: String, Sendable {
    case emptyMessage, emptyContext, longMessage, padded, shortest, changed
  }

  var id: String
  var comment: String
  var flags: [Flag] = []
  var key: String
  var nonce: String = ""
  var contexts: [String] = []
  var message: String
  var result: String

  var testDescription: String { ([id, comment] + flags.map(\.rawValue)).joined(separator: ", ") }
}

/// The bytes that hexadecimal digits spell; blanks between them are left out.
func bytes(_ hexadecimal: String) throws -> [UInt8] {
  try #require(Hex.decode(hexadecimal.filter { !$0.isWhitespace }))
}

/// The secret that hexadecimal digits spell.
func secret(_ hexadecimal: String) throws -> SecretBytes {
  var bytes = try bytes(hexadecimal)
  return SecretBytes(taking: &bytes)
}

extension SecretBytes {
  /// The bytes, for comparison.
  var revealed: [UInt8] { withBytes { [UInt8](copying: $0) } }
}
