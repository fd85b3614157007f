import Bytes

/// What a request says of its matter, for policies: the patient's consents, the confidentiality, a restriction.
///
/// What widens what is allowed counts only where the caller vouches for it; what narrows it, anybody may say.
struct StatedFacts: Hashable, Sendable {
  /// The header by which a request names what the patient has consented to, such as `42CFR2`.
  static let consentsHeader = "x-cordon-consents"
  /// The header by which a request names its confidentiality, a code of HL7 v3 Confidentiality.
  static let confidentialityHeader = "x-cordon-confidentiality"
  /// The header by which a request says that the patient has restricted this use or this recipient.
  static let restrictedHeader = "x-cordon-restricted"

  /// What was consented to.
  private(set) var consents: Set<String> = []
  /// How confidential it is; nil when it does not say.
  private(set) var confidentiality: Confidentiality?
  /// Whether the patient has restricted it.
  private(set) var isRestricted = false

  /// The codes of HL7 v3 Confidentiality, the least confidential first.
  enum Confidentiality: String, CaseIterable, Comparable, Sendable {
    case unrestricted = "U"
    case low = "L"
    case moderate = "M"
    case normal = "N"
    case restricted = "R"
    case veryRestricted = "V"

    static func < (left: Confidentiality, right: Confidentiality) -> Bool {
      allCases.firstIndex(of: left).map { $0 < allCases.firstIndex(of: right) ?? 0 } ?? false
    }
  }

  private static let mostConsents = 32

  init() {}

  /// What an entry kept of a request's facts.
  init(consents: Set<String>, isRestricted: Bool) {
    (self.consents, self.isRestricted) = (consents, isRestricted)
  }

  /// The facts that headers state.
  init(_ headers: FactHeaders) throws(CallerStatementError) {
    try addConsents(headers.consents.map { $0.split(separator: ",").map { $0[...] } }, at: Self.consentsHeader)
    try addConfidentiality(headers.confidentiality, at: Self.confidentialityHeader)
    switch headers.restricted {
    case "true": isRestricted = true
    case nil, "false": break
    default: throw CallerStatementError(Self.restrictedHeader, "must be `true` or `false`")
    }
  }

  /// Takes in what the member `cordon` of a body says.
  mutating func add(_ member: JSONValue) throws(CallerStatementError) {
    if let named = member["consents"], named != .null {
      let texts = named.array?.compactMap(\.string)
      guard let texts, texts.count == named.array?.count else {
        throw CallerStatementError("cordon.consents", "must be a list of texts")
      }
      try addConsents(texts.map { $0[...] }, at: "cordon.consents")
    }
    if let named = member["confidentiality"], named != .null {
      guard let text = named.string else { throw CallerStatementError("cordon.confidentiality", "must be text") }
      try addConfidentiality(text, at: "cordon.confidentiality")
    }
    switch member["restricted"] {
    case .bool(let restricted)?: isRestricted = isRestricted || restricted
    case nil, .null?: break
    default: throw CallerStatementError("cordon.restricted", "must be true or false")
    }
  }

  /// Takes in that the patient has restricted it.
  mutating func restrict() { isRestricted = true }

  private mutating func addConsents(_ texts: [Substring]?, at path: String) throws(CallerStatementError) {
    for text in texts ?? [] {
      let name = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      guard let consent = ConfiguredID<StatedFacts>(name), consents.count < Self.mostConsents else {
        throw CallerStatementError(path, "must name consents such as `42CFR2`")
      }
      consents.insert(consent.name)
    }
  }

  private mutating func addConfidentiality(_ text: String?, at path: String) throws(CallerStatementError) {
    guard let text else { return }
    guard let stated = Confidentiality(rawValue: text) else {
      throw CallerStatementError(path, "must be one of U, L, M, N, R, V")
    }
    confidentiality = max(confidentiality ?? stated, stated)
  }
}

/// The headers that state facts, as they came.
package struct FactHeaders: Hashable, Sendable {
  package var consents: String?
  package var confidentiality: String?
  package var restricted: String?

  package init() {}

  /// All of it in one text, to tell two requests apart.
  var fingerprint: String {
    [consents, confidentiality, restricted].map { $0.map { "+\($0)" } ?? "-" }.joined(separator: "\n")
  }
}
