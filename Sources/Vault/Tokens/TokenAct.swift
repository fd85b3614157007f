import Bytes
package import Ciphers

/// What an event says beside who and when if it is about tokens: nothing of it leads to a value.
package struct TokenAct: Hashable, Sendable {
  /// Of which scope.
  package let scope: ScopeName
  /// The tag of the key of the scope's crosswalk; nil when there is no such scope.
  package let subject: Digest?
  /// How many people the scope asks for.
  package let policy: RevealPolicy?
  /// Why somebody wanted to see values.
  package let reason: RevealReason?
  /// Why they did not; nil when they did.
  package let refusal: RevealRefusal?
  /// How many tokens of each kind.
  package let kinds: [TokenKind: Int]
  /// The words to the reason, sealed under the key of the scope; see `TokenVault.noteContext`.
  package let note: SealedPart?
}

extension TokenAct {
  var json: JSONValue {
    .object([
      JSONMember("scope", .string(scope.description)),
      JSONMember("subject", subject.map { .string($0.description) } ?? .null),
      JSONMember("policy", policy.map { .string($0.rawValue) } ?? .null),
      JSONMember("reason", reason.map { .string($0.rawValue) } ?? .null),
      JSONMember("refusal", refusal.map { .string($0.rawValue) } ?? .null),
      JSONMember(
        "kinds",
        .object(
          kinds.sorted { $0.key < $1.key }.map { JSONMember($0.key.description, .number(String($0.value))) })),
      JSONMember("note", note.map { .string($0.text) } ?? .null),
    ])
  }

  init?(_ json: JSONValue) {
    guard let scope = json["scope"]?.string.flatMap(ScopeName.init), let members = json["kinds"]?.members else {
      return nil
    }
    var kinds: [TokenKind: Int] = [:]
    for member in members {
      guard let kind = TokenKind(member.name), let count = member.value.integer else { return nil }
      kinds[kind] = count
    }
    self.scope = scope
    self.kinds = kinds
    subject = json["subject"]?.string.flatMap(Digest.init(hexadecimal:))
    policy = json["policy"]?.string.flatMap(RevealPolicy.init(rawValue:))
    reason = json["reason"]?.string.flatMap(RevealReason.init(rawValue:))
    refusal = json["refusal"]?.string.flatMap(RevealRefusal.init(rawValue:))
    note = json["note"]?.string.flatMap(SealedPart.init(text:))
  }
}

extension SealedPart {
  /// The part as text: its bytes and its commitment in base64url, joined by a dot.
  var text: String { "\(Base64URL.encode(bytes)).\(Base64URL.encode(commitment.bytes))" }

  /// The part that the text is; nil for any other text.
  init?(text: String) {
    let halves = text.split(separator: ".", omittingEmptySubsequences: false).map { Base64URL.decode(String($0)) }
    guard halves.count == 2, let bytes = halves[0], let commitment = halves[1].flatMap({ Digest($0.span) }) else {
      return nil
    }
    self.init(bytes: bytes, commitment: commitment)
  }
}
