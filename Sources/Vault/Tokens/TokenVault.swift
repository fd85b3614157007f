import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// Random tokens for values, and the way back for those who may take it.
///
///     <data>/vault/tokens.sqlite   scopes, tokens, sealed values
///
/// ## Construction
/// Each scope has a secret of its own, 32 random bytes, sealed under a key that the vault keeps for the scope alone: it
/// is no key of the log or of a patient. From it come the key that seals the values and the key of the look-up, an
/// HMAC of kind and identity cut to 16 bytes. A token is drawn, not computed (45 CFR 164.514(c)(1)): two scopes, and
/// two vaults, give unrelated tokens for one value. Destroy the vault's key and no token leads back any more.
///
/// ## What it does not hide
/// From who has the file: how many tokens of which kind a scope has, and the length of the values. From who reads
/// texts: which values of one scope are equal.
package struct TokenVault: Sendable {
  static let storeName = "tokens.sqlite"
  /// What the database may keep of its pages, in KiB: values come in no order, so that every page is as likely as the
  /// others to be needed next.
  private static let pageCache = 65_536

  /// The vault whose keys it uses.
  package let vault: Vault
  let store: CheckedStore
  let identities: Identities?

  /// Opens the token table of a vault, and makes it if there is none.
  ///
  /// With `identities`, look-ups of values in a table from before are compared with what the values say.
  package init(_ vault: Vault, identities: Identities? = nil) throws(VaultError) {
    self.vault = vault
    self.identities = identities
    store = try CheckedStore(.tokens, in: vault.folder)
    try store.write { try $0.execute(sql: "PRAGMA cache_size = -\(TokenVault.pageCache)") }
  }

  /// Makes a scope with a secret of its own; the name of a destroyed scope is never used again.
  @discardableResult
  package func create(_ name: ScopeName, policy: RevealPolicy = .dual) async throws(VaultError) -> TokenScope {
    guard try row(of: name) == nil else { throw VaultError(.exists) }
    let evidence = try await vault.box(.evidence)
    try await giveCodes(evidence)
    let context = Crosswalk.context(vault.id, name, policy)
    let part = try await TokenVault.typed {
      try await vault.withSubject(name.subject, create: true, seals: 1) { key in
        var random = SystemRandomNumberGenerator()
        var secret = [UInt8](randomCount: Crosswalk.secretByteCount, using: &random)
        defer { secret.wipe() }
        return try key.seal(secret.span, context: context, using: &random)
      }
    }
    let subject = try await vault.tag(of: name.subject)
    let now = vault.clock()
    try store.write { database in
      try database.execute(
        sql: """
          INSERT INTO scope (name, policy, subject, key, commitment, created, bound) VALUES (?, ?, ?, ?, ?, ?, 1)
          ON CONFLICT (name) DO NOTHING
          """,
        arguments: [
          name.description, policy.rawValue, Data(subject.bytes), Data(part.bytes), Data(part.commitment.bytes),
          now.milliseconds,
        ])
      guard database.changesCount == 1 else { throw VaultError(.exists) }
      try TokenVault.set(
        ScopeRow(database.lastInsertedRowID, name, policy, subject, key: part, created: now), evidence, database)
    }
    return TokenScope(name: name, policy: policy, subject: subject, created: now, disposed: nil, tokens: [:])
  }

  /// Every scope, by name.
  package func scopes() throws(VaultError) -> [TokenScope] {
    let counts = try store.read { database in
      try Row.fetchAll(database, sql: "SELECT scope, kind, COUNT(*) AS count FROM token GROUP BY scope, kind")
    }
    var tokens: [Int64: [TokenKind: Int]] = [:]
    for count in counts {
      guard let kind = TokenKind(count["kind"] as String) else { throw VaultError(.malformed) }
      tokens[count["scope"], default: [:]][kind] = count["count"]
    }
    let (rows, isWhole) = try rows()
    guard isWhole else { throw VaultError(.malformed) }
    return rows.map { scope in
      TokenScope(
        name: scope.name, policy: scope.policy, subject: scope.subject, created: scope.created,
        disposed: scope.disposed, tokens: tokens[scope.number] ?? [:])
    }
  }

  /// The scope of this name.
  package func scope(_ name: ScopeName) throws(VaultError) -> TokenScope {
    guard let scope = try scopes().first(where: { $0.name == name }) else { throw VaultError(.missing) }
    return scope
  }

  /// The tokens of a scope in the order of their letters, never their values.
  package func tokens(in name: ScopeName) throws(VaultError) -> [Token] {
    guard let scope = try row(of: name) else { throw VaultError(.missing) }
    let rows = try store.read { database in
      try Row.fetchAll(
        database, sql: "SELECT kind, code FROM token WHERE scope = ? ORDER BY kind, code", arguments: [scope.number])
    }
    var tokens: [Token] = []
    for row in rows {
      guard let kind = TokenKind(row["kind"] as String), let token = Token(kind, code: row["code"]) else {
        throw VaultError(.malformed)
      }
      tokens.append(token)
    }
    return tokens
  }

  /// The opened key of a scope; `issuing` values under it moves the day from which its retention counts.
  func crosswalk(_ name: ScopeName, issuing: Bool) async throws(VaultError) -> Crosswalk {
    try vault.checkUnlocked()
    let evidence = try await vault.box(.evidence)
    try await giveCodes(evidence)
    guard let scope = try row(of: name) else { throw VaultError(.missing) }
    guard scope.disposed == nil else { throw VaultError(.shredded) }
    var bytes = try await secret(of: scope, seals: issuing ? 1 : 0)
    try check(scope, evidence)
    guard bytes.count == Crosswalk.secretByteCount else { throw VaultError(.malformed) }
    let crosswalk = try Crosswalk(SecretBytes(taking: &bytes), number: scope.number, name: name, policy: scope.policy)
    if !scope.isBound { try bind(scope, crosswalk, evidence) }
    return crosswalk
  }

  func row(of name: ScopeName) throws(VaultError) -> ScopeRow? {
    let row = try store.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM scope WHERE name = ?", arguments: [name.description])
    }
    return if let row { try ScopeRow(row) } else { nil }
  }

  static func typed<Value>(_ body: () async throws -> Value) async throws(VaultError) -> Value {
    do {
      return try await body()
    } catch let error as VaultError {
      throw error
    } catch is CipherError {
      throw VaultError(.notAuthentic)
    } catch let error as StorageError {
      throw VaultError(error.code == .notAuthentic ? .notAuthentic : .storage, number: Int64(error.number))
    } catch {
      throw VaultError(.storage)
    }
  }
}

/// The row of a scope.
struct ScopeRow {
  let number: Int64
  let name: ScopeName
  let policy: RevealPolicy
  let subject: Digest
  var key: SealedPart?
  let created: Moment
  var disposed: Moment?
  /// Whether the values of its tokens are sealed for their look-ups as well.
  var isBound: Bool
  /// The code of the row; nil in a table from before there were any.
  let code: [UInt8]?

  /// A row that is not in the table yet.
  init(
    _ number: Int64, _ name: ScopeName, _ policy: RevealPolicy, _ subject: Digest, key: SealedPart, created: Moment
  ) {
    (self.number, self.name, self.policy, self.subject) = (number, name, policy, subject)
    (self.key, self.created, disposed, isBound, code) = (key, created, nil, true, nil)
  }

  /// What the code is of.
  var text: RowText {
    var text = RowText()
    text.append(number)
    text.append(name.description)
    text.append(policy.rawValue)
    text.append(subject.bytes)
    text.append(key?.bytes)
    text.append(key?.commitment.bytes)
    text.append(created.milliseconds)
    text.append(disposed?.milliseconds)
    text.append(isBound ? 1 : 0)
    return text
  }

  init(_ row: Row) throws(VaultError) {
    guard let name = ScopeName(row["name"] as String), let policy = RevealPolicy(rawValue: row["policy"]),
      let subject = Digest([UInt8](row["subject"] as Data).span)
    else { throw VaultError(.malformed) }
    number = row["number"]
    self.name = name
    self.policy = policy
    self.subject = subject
    created = Moment(milliseconds: row["created"])
    disposed = (row["disposed"] as Int64?).map { Moment(milliseconds: $0) }
    isBound = row["bound"]
    code = (row["code"] as Data?).map { [UInt8]($0) }
    if let bytes = row["key"] as Data?, let commitment = row["commitment"] as Data? {
      guard let commitment = Digest([UInt8](commitment).span),
        let part = SealedPart(bytes: [UInt8](bytes), commitment: commitment)
      else { throw VaultError(.malformed) }
      key = part
    } else {
      key = nil
    }
  }
}
