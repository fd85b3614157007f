package import Bytes
package import Ciphers

/// A signed statement that a key was destroyed, and with it everything sealed under it.
///
/// JSON with two members: `statement`, and `signature`, the Ed25519 signature in base64 of the statement's compact form.
package struct DisposalCertificate: Hashable, Sendable {
  /// What was destroyed, when, by whom, how.
  package let statement: JSONValue
  /// The vault's signature of it.
  package let signature: Signature

  init(_ statement: JSONValue, key: borrowing SigningKey) throws(VaultError) {
    self.statement = statement
    do throws(CipherError) {
      signature = try key.sign(DisposalCertificate.message(statement).span)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// The certificate that the JSON is; nil when it is none.
  package init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let statement = json["statement"],
      let text = json["signature"]?.string, let signature = Base64.decode(text).flatMap({ Signature($0.span) })
    else { return nil }
    self.statement = statement
    self.signature = signature
  }

  /// The certificate as compact JSON.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    JSONValue.object([
      JSONMember("statement", statement), JSONMember("signature", .string(Base64.encode(signature.bytes))),
    ]).write(into: &bytes)
    return bytes
  }

  /// Whether the owner of `key` made this statement.
  package func verifies(with key: VerificationKey) -> Bool {
    key.accepts(signature, of: DisposalCertificate.message(statement).span)
  }

  private static func message(_ statement: JSONValue) -> [UInt8] {
    var bytes = Array("cordon disposal certificate 1\n".utf8)
    statement.write(into: &bytes)
    return bytes
  }
}
