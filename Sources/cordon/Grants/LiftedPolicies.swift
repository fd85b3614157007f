import Gateway
import Ledger
import Vault

/// Which policies may allow more when a grant is removed.
enum LiftedPolicies {
  /// Those of the set in force, by their ids; nil where nobody can tell, which is said.
  static func of(_ id: ConfiguredName, _ place: VaultPlace) async throws -> [String]? {
    // Nothing but a role is told to policies as what somebody is in.
    guard id.description.contains("/role:") || id.description.hasPrefix("grant:") else { return [] }
    guard let configuration = place.configuration else { return nil }
    do {
      return try await place.withVault(for: .use) { vault in
        let pseudonyms = try await vault.pseudonyms(of: configuration)
        guard let grant = configuration.grants.keys.first(where: { $0.id(pseudonyms) == id }) else { return [] }
        return try await PolicyInForce.load(configuration, vault)?.lifted(without: grant) ?? []
      }
    } catch {
      let reason = (error as? CommandFailure)?.message ?? "\(error)"
      StandardError.line("warning: whether a policy may allow more without it nobody can tell: \(reason)")
      return nil
    }
  }

  /// Throws unless those that are lifted are those that were named.
  static func check(_ named: [String], _ lifted: [String]?, _ id: ConfiguredName) throws {
    guard let lifted else { return }
    let unnamed = lifted.filter { !named.contains($0) }
    guard unnamed.isEmpty else {
      throw CommandFailure(
        .noInput,
        "without `\(id)` more may be allowed by \(unnamed.asNames)\nhelp: `cordon policy simulate` shows what; to remove it "
          + "all the same, add " + unnamed.map { "`--lifting \($0)`" }.joined(separator: " "))
    }
    guard let other = named.first(where: { !lifted.contains($0) }) else { return }
    throw CommandFailure(.noInput, "`\(other)` does not allow more without `\(id)`")
  }
}
