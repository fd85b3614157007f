package import Ciphers
import Ledger
package import Vault

extension PolicyInForce {
  /// The policies that a configuration names, as the vault says that two people have adopted them.
  ///
  /// A set that nobody has adopted is taken only where the configuration says so, and only until two people have adopted
  /// one: from then on it is that one or nothing.
  ///
  /// - Parameters:
  ///   - configuration: what names them, and who acts in which roles.
  ///   - vault: what knows what was adopted.
  /// - Returns: nil where the configuration names no policies and nobody has adopted any.
  /// - Throws: `PolicyFault` when a set is missing, does not fit, or was not adopted; `VaultError` when nobody can say.
  package static func load(_ configuration: Configuration, _ vault: Vault) async throws -> PolicyInForce? {
    let adopted = try await vault.adoptedPolicies()
    guard let settings = configuration.policy else {
      guard adopted == nil else {
        throw PolicyFault("two people have adopted a set of policies, which is not left out; say `set: adopted`")
      }
      return nil
    }
    let text: PolicyText
    if settings.source == .adopted {
      guard let adopted else {
        throw PolicyFault("nobody has adopted a set of policies; see `cordon policy propose`")
      }
      text = try kept(adopted.digest, data: configuration.dataDirectory)
    } else {
      text = try PolicyText.read(settings)
    }
    let isAdopted = adopted?.digest == text.digest
    guard isAdopted || settings.acceptsUnsigned && adopted == nil else {
      throw PolicyFault(
        adopted == nil
          ? "two people have not adopted this set (`cordon policy propose`), and `policy.unsigned` is not `accept`"
          : "two people have not adopted this set (`cordon policy propose`), but another")
    }
    let adoption = isAdopted ? adopted.flatMap { ConfiguredName($0.proposalID) } : nil
    return try PolicyInForce(text, adoptedBy: adoption, for: configuration)
  }

  /// A set as the data directory keeps it.
  package static func kept(_ digest: Digest, data: String) throws(PolicyFault) -> PolicyText {
    do throws(ConfigurationError) {
      let document = try KeptVersions.policies(data: data).content(digest)
      guard let document, let text = PolicyText(document: document), text.digest == digest else {
        throw ConfigurationError(.missing, at: "policies", line: nil)
      }
      return text
    } catch {
      throw PolicyFault("the set `\(digest)` is not in `\(data)/policies`, or is not what its hash says")
    }
  }
}

extension Gateway {
  /// The policies that another configuration names, by what this gateway's vault says of them.
  package func policies(of configuration: Configuration) async throws -> PolicyInForce? {
    try await PolicyInForce.load(configuration, vault)
  }
}
