import Bytes
import Ciphers

/// A small secret in a text file that a passphrase opens.
///
///     cordon sealed file 1 <kind>
///     argon2id memory=65536 passes=3 lanes=4
///     salt <16 bytes in base64url>
///     sealed <nonce, ciphertext and tag of AES-256-GCM in base64url>
///
/// The first three lines are authenticated with the secret. The file is hostile input until it has opened.
struct SealedFile {
  private static let saltByteCount = 16

  let kind: String
  let parameters: Argon2Parameters
  let salt: [UInt8]
  private(set) var sealed: [UInt8] = []

  /// A file of this kind with a fresh salt and nothing in it yet.
  init(kind: String, parameters: Argon2Parameters, using generator: inout some RandomNumberGenerator) {
    self.kind = kind
    self.parameters = parameters
    salt = [UInt8](randomCount: SealedFile.saltByteCount, using: &generator)
  }

  /// The file that the text is.
  init(_ text: [UInt8], kind: String) throws(VaultError) {
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 5, lines[4].isEmpty, lines[0] == "cordon sealed file 1 \(kind)",
      let parameters = SealedFile.parameters(lines[1]), let salt = SealedFile.bytes(lines[2], after: "salt "),
      salt.count == SealedFile.saltByteCount, let sealed = SealedFile.bytes(lines[3], after: "sealed ")
    else { throw VaultError(.malformed) }
    self.kind = kind
    self.parameters = parameters
    self.salt = salt
    self.sealed = sealed
  }

  /// The key that opens it.
  func key(_ passphrase: borrowing SecretBytes) throws(VaultError) -> WrappingKey {
    try WrappingKey(parameters.key(passphrase: passphrase, salt: salt))
  }

  /// Puts a secret into it.
  mutating func seal(
    _ secret: borrowing SecretBytes, key: borrowing WrappingKey, using generator: inout some RandomNumberGenerator
  ) throws(VaultError) {
    sealed = try key.wrap(secret, context: Array(head.utf8), using: &generator)
  }

  /// The secret in it.
  func open(key: borrowing WrappingKey) throws(VaultError) -> SecretBytes {
    do throws(VaultError) {
      return try key.unwrap(sealed.span, context: Array(head.utf8))
    } catch {
      throw VaultError(.wrongPassphrase)
    }
  }

  /// The file as text.
  var text: [UInt8] { Array("\(head)sealed \(Base64URL.encode(sealed))\n".utf8) }

  private var head: String {
    """
    cordon sealed file 1 \(kind)
    argon2id memory=\(parameters.memory) passes=\(parameters.passes) lanes=\(parameters.lanes)
    salt \(Base64URL.encode(salt))

    """
  }

  private static func parameters(_ line: Substring) -> Argon2Parameters? {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, words[0] == "argon2id" else { return nil }
    var numbers: [UInt32] = []
    for (word, name) in zip(words.dropFirst(), ["memory=", "passes=", "lanes="]) {
      guard word.hasPrefix(name), let number = UInt32(word.dropFirst(name.count)) else { return nil }
      numbers.append(number)
    }
    return Argon2Parameters(memory: numbers[0], passes: numbers[1], lanes: numbers[2])
  }

  private static func bytes(_ line: Substring, after name: String) -> [UInt8]? {
    line.hasPrefix(name) ? Base64URL.decode(String(line.dropFirst(name.count))) : nil
  }
}
