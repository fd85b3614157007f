import Bytes
import Ciphers
import Gateway
import Ledger
import PHI
import Vault

/// The statement that `cordon evidence encryption` signs.
enum EncryptionEvidence {
  static let kind = "cordon encryption 1"

  static func statement(
    _ vault: Vault, _ place: VaultPlace, checkpoint note: String, _ facts: LogFacts, at now: Moment
  ) async throws(VaultError) -> JSONValue {
    let ages = try await KeyAges(vault, place, at: now)
    let configuration = place.configuration
    return .object([
      JSONMember("evidence", .string(kind)), JSONMember("made", .string(now.description)),
      JSONMember("vault", .string(vault.id)),
      JSONMember("configuration", (configuration?.digest).map { .string($0.description) } ?? .null),
      JSONMember("checkpoint", .string(note)), JSONMember("log", facts.json),
      JSONMember("module", module), JSONMember("fips", fips(configuration)),
      JSONMember("root_key", try await root(vault)), JSONMember("keys", try await keys(vault, now)),
      JSONMember("rotation_policy_days", number(ages.policyDays)), JSONMember("secrets", secrets(ages)),
      JSONMember("stores", ProtectedStores.json),
      JSONMember("findings", .array(ages.findings.map { .string($0) })),
    ])
  }

  private static var module: JSONValue {
    .object([
      JSONMember("name", .string(CryptographicModule.name)),
      JSONMember("version", .string(CryptographicModule.version)),
      JSONMember("cmvp_certificate", CryptographicModule.certificate.map { number(Int64($0)) } ?? .null),
      JSONMember(
        "self_test", .string(KnownAnswers.firstFailure().map { "FAILED: \($0)" } ?? "every known answer was met")),
    ])
  }

  private static func fips(_ configuration: Configuration?) -> JSONValue {
    let module = configuration?.fips.module.map { module in
      JSONValue.object([
        JSONMember("name", .string(module.name)), JSONMember("version", .string(module.version)),
        JSONMember("cmvp_certificate", number(Int64(module.certificate))),
        JSONMember("source", .string("the configuration; nothing here checked the certificate")),
      ])
    }
    return .object([
      JSONMember("required", .bool(configuration?.fips.isRequired ?? false)),
      JSONMember("module_that_keeps_keys", module ?? .null),
    ])
  }

  private static func root(_ vault: Vault) async throws(VaultError) -> JSONValue {
    let description = try? await vault.describeRoot()
    return .object([
      JSONMember("id", .string(vault.root.description)),
      JSONMember("provider", .string(vault.providerName.description)),
      JSONMember("kept_where_this_process_cannot_read_it", .bool(vault.providerCapabilities.keepsKeysApart)),
      JSONMember("state", description.map { .string($0.state.rawValue) } ?? .null),
      JSONMember("version", description.map { number(Int64($0.version)) } ?? .null),
      JSONMember("created", (description?.rotated ?? description?.created).map { .string($0.description) } ?? .null),
    ])
  }

  private static func keys(_ vault: Vault, _ now: Moment) async throws(VaultError) -> JSONValue {
    .array(
      try await vault.provedTenantKeys().map { key in
        .object([
          JSONMember("id", .string(key.key.description)),
          JSONMember("state", .string(key.isActive ? "active" : key.state.rawValue)),
          JSONMember("created", .string(key.created.description)),
          JSONMember("age_days", number(now.dayNumber - key.created.dayNumber)),
          JSONMember("subjects", number(Int64(key.subjects))), JSONMember("uses_set_aside", number(Int64(key.uses))),
        ])
      })
  }

  private static func secrets(_ ages: KeyAges) -> JSONValue {
    .array(
      ages.secrets.map { secret in
        .object([
          JSONMember("name", .string(secret.name)),
          JSONMember("changed", secret.changed.map { .string($0.description) } ?? .null),
          JSONMember("good_until", secret.due.map { .string($0.description) } ?? .null),
          JSONMember("overdue", .bool(secret.isOverdue(on: ages.today))),
        ])
      })
  }

  private static func number(_ number: Int64) -> JSONValue { .number(String(number)) }
}
