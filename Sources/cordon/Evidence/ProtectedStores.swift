import Bytes

/// What is stored where, and what protects it: the same table as in `Docs/vault.md` and `Docs/cryptography.md`.
enum ProtectedStores {
  private struct Store {
    let name: String
    let holds: String
    let algorithm: String
    let key: String
    let approved: Bool
  }

  private static let all = [
    Store(
      name: "log/segment-*", holds: "entries: pseudonyms, counts, digests; no PHI by construction",
      algorithm: "SHA-256 Merkle tree, Ed25519", key: "log-signing", approved: true),
    Store(
      name: "log/segment-*, sealed parts", holds: "names of patients and workforce", algorithm: "AES-256-GCM",
      key: "one for each subject", approved: true),
    Store(
      name: "log/blobs", holds: "sealed parts that are too long for an entry", algorithm: "AES-256-GCM",
      key: "one for each subject", approved: true),
    Store(
      name: "vault/vault.sqlite, keys", holds: "keys of tenants and subjects, wrapped",
      algorithm: "AES-256-GCM under the tenant key, the tenant key under the root key", key: "tenant, root",
      approved: true),
    Store(
      name: "vault/vault.sqlite, references", holds: "references to patients and workforce",
      algorithm: "AES-256-GCM with a synthetic nonce, HMAC-SHA256 for look-up", key: "fields, identity", approved: false
    ),
    Store(
      name: "vault/vault.sqlite, consents", holds: "what patients authorize and restrict", algorithm: "AES-256-GCM",
      key: "one for each subject", approved: true),
    Store(
      name: "vault/tokens.sqlite", holds: "values that tokens stand for",
      algorithm: "AES-256-GCM with a synthetic nonce, HMAC-SHA256 for look-up", key: "one for each scope",
      approved: false),
    Store(
      name: "vault/kept.sqlite", holds: "values that tokens stand for in what vendors keep, for a time",
      algorithm: "AES-256-GCM with a synthetic nonce, HMAC-SHA256 for look-up",
      key: "one for each map, under those of the people in it and fields", approved: false),
    Store(
      name: "keys/vault.key", holds: "the root key, with the local provider only", algorithm: "Argon2id, AES-256-GCM",
      key: "a passphrase", approved: false),
    Store(
      name: "backups and escrows", holds: "what the stores hold, sealed as there", algorithm: "age: ChaCha20-Poly1305",
      key: "the recipients', or a passphrase by scrypt", approved: false),
  ]

  /// The table as JSON.
  static var json: JSONValue {
    .array(
      all.map { store in
        .object([
          JSONMember("store", .string(store.name)), JSONMember("holds", .string(store.holds)),
          JSONMember("algorithm", .string(store.algorithm)), JSONMember("key", .string(store.key)),
          JSONMember("approved_algorithm", .bool(store.approved)),
        ])
      })
  }
}
