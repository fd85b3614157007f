package import Bytes
package import Ciphers

/// A statement for an auditor, signed by the vault: JSON with `statement`, `key` and `signature`.
package struct SignedEvidence: Hashable, Sendable {
  /// What is stated.
  package let statement: JSONValue
  /// The key that signed it, by which alone nothing is proved: that it is the vault's, the log says.
  package let key: VerificationKey
  /// The signature of the statement's compact form.
  package let signature: Signature

  fileprivate init(_ statement: JSONValue, _ signing: borrowing SigningKey) throws(CipherError) {
    self.statement = statement
    key = signing.verificationKey
    signature = try signing.sign(SignedEvidence.message(statement).span)
  }

  /// The evidence that the JSON is; nil when it is none.
  package init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let statement = json["statement"],
      let text = json["signature"]?.string, let signature = Base64.decode(text).flatMap({ Signature($0.span) }),
      let name = json["key"]?.string, let key = Base64.decode(name).flatMap({ try? VerificationKey($0.span) })
    else { return nil }
    self.statement = statement
    self.key = key
    self.signature = signature
  }

  /// The evidence as compact JSON.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    JSONValue.object([
      JSONMember("statement", statement), JSONMember("key", .string(Base64.encode(key.bytes))),
      JSONMember("signature", .string(Base64.encode(signature.bytes))),
    ]).write(into: &bytes)
    return bytes
  }

  /// Whether the owner of the key made this statement.
  package var verifies: Bool { key.accepts(signature, of: SignedEvidence.message(statement).span) }

  private static func message(_ statement: JSONValue) -> [UInt8] {
    var bytes = Array("cordon evidence 1\n".utf8)
    statement.write(into: &bytes)
    return bytes
  }
}

extension Vault {
  /// A statement, signed.
  package func signed(_ statement: JSONValue) async throws(VaultError) -> SignedEvidence {
    try Vault.signed(statement, await unlockedBox(.evidence))
  }

  private static func signed(_ statement: JSONValue, _ evidence: SecretBox) throws(VaultError) -> SignedEvidence {
    do throws(CipherError) {
      return try SignedEvidence(
        statement, SigningKey(seed: evidence.secret.derived(for: "cordon vault v1 evidence ed25519")))
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// What the provider says of the root key.
  package func describeRoot() async throws(VaultError) -> KeyDescription { try await provider.describe(root) }

  /// What the provider does and does not.
  package var providerCapabilities: KeyCapabilities { provider.capabilities }
  /// Which provider it is.
  package var providerName: ProviderName { provider.name }
}
