import Bytes
import Deidentification
import Detection
import PHI
import Providers

/// What the answer's way depends on of a request whose text has been let go.
struct AnswerSettings: Sendable {
  let isStreaming: Bool
  let choiceCount: Int
  let wantsJSON: Bool
  let storage: ModelRequest.Storage

  /// Of what has no settings.
  static let none = AnswerSettings(isStreaming: false, choiceCount: 1, wantsJSON: false, storage: .declined)

  private init(isStreaming: Bool, choiceCount: Int, wantsJSON: Bool, storage: ModelRequest.Storage) {
    self.isStreaming = isStreaming
    self.choiceCount = choiceCount
    self.wantsJSON = wantsJSON
    self.storage = storage
  }

  init(_ request: ModelRequest) {
    isStreaming = request.isStreaming
    choiceCount = request.choiceCount
    wantsJSON = request.wantsJSON
    storage = request.storage
  }
}

/// A request with session tokens in the place of its identifiers: what a vendor may see.
struct SafeRequest: Sendable {
  /// The body, in the client's dialect.
  let body: [UInt8]
  let settings: AnswerSettings
  /// The names and ids in it that are not the caller's own.
  var names = RequestNames()
  /// What the tokens stand for; it lives as long as the request.
  let map: TokenMap
  /// What the vendor and the caller know already.
  let given: GivenText
  /// How many identifiers were replaced, by kind.
  let counts: IdentifierCounts
  /// How many values the caller knew; nil when it handed over none.
  let knownCount: Int?
  /// How many fields were outside of the use case's contract; nil when it has none.
  var fieldsDropped: Int?
}

extension SafeRequest {
  /// The request as it came, for a reader who is to know all of it; what was found is counted all the same.
  func untouched(_ body: [UInt8]) -> SafeRequest {
    SafeRequest(
      body: body, settings: settings, map: TokenMap(), given: given, counts: counts, knownCount: knownCount)
  }
}

extension Gateway {
  /// Replaces every identifier of a request by a token under `key`.
  func deidentify(
    _ request: ModelRequest, under key: TokenKey, knowing known: KnownIdentifiers?
  ) throws(RequestDetection.Stop) -> SafeRequest {
    try deidentify(request.body, request.prose, AnswerSettings(request), under: key, knowing: known)
  }

  /// Replaces every identifier of a body whose text is `prose` by a token under `key`.
  func deidentify(
    _ body: [UInt8], _ prose: ProseView, _ settings: AnswerSettings, under key: TokenKey,
    knowing known: KnownIdentifiers?
  ) throws(RequestDetection.Stop) -> SafeRequest {
    let view = prose.text
    let findings = try detection.findings(in: view, knowing: known)
    var tokens = SessionTokens(key: key, asOf: clock.today)
    tokens.reserve(lookAlikesIn: body.span)
    tokens.reserve(lookAlikesIn: view.span)
    let edits = tokens.edits(for: findings, in: view.span)
    var counts = IdentifierCounts()
    for finding in findings { counts[finding.identifier] += 1 }
    let safe = spliced(view.span, replacing: edits.map { ($0.range, $0.replacement) })
    let (body, names) = prose.replacing(edits, in: body)
    return SafeRequest(
      body: body, settings: settings, names: names, map: tokens.map,
      given: GivenText(safe, tokens.map), counts: counts, knownCount: known?.count)
  }
}
