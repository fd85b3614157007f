import Bytes
import Deidentification
import Detection
import Ledger
import PHI
import Providers
import Vault

/// What the answer's way depends on of a request whose text has been let go.
struct AnswerSettings: Sendable {
  let isStreaming: Bool
  let choiceCount: Int
  let wantsJSON: Bool
  let storage: ModelRequest.Storage
  /// Whether the answer tells what it says, and its cost, when it is fetched.
  let runsInBackground: Bool

  /// Of what has no settings.
  static let none = AnswerSettings()

  private init() {
    (isStreaming, choiceCount, wantsJSON, storage, runsInBackground) = (false, 1, false, .declined, false)
  }

  /// What is said of a request that the vendor keeps, whether it says so or not.
  init(_ request: ModelRequest, isKept: Bool = false) {
    isStreaming = request.isStreaming
    choiceCount = request.choiceCount
    wantsJSON = request.wantsJSON
    storage = isKept ? .asked : request.storage
    runsInBackground = request.runsInBackground
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
  /// What was outside of the use case's contract; nil when it has none.
  var losses: ContractLosses?
  /// What a later request must know, where the vendor keeps this one.
  var conversation: KeptConversation?
  /// What the turns hold that it goes on from; nil where nothing is known.
  var heldBefore: HeldFacts?
  /// What the log calls the answer that it goes on from.
  var goesOnFrom: ConfiguredName?
}

extension SafeRequest {
  /// The request as it came, for a reader who is to know all of it; what was found is counted all the same.
  func untouched(_ body: [UInt8]) -> SafeRequest {
    SafeRequest(
      body: body, settings: settings, map: TokenMap(), given: given, counts: counts, knownCount: knownCount)
  }
}

extension Gateway {
  /// Replaces every identifier of a request by a token under `key`, those of `earlier` turns by the ones that they have;
  /// `isKept` when the vendor keeps what is asked for.
  func deidentify(
    _ request: ModelRequest, asking model: ModelName, under key: TokenKey, knowing known: KnownIdentifiers?,
    after earlier: EarlierTurns? = nil, isKept: Bool = false
  ) throws(RequestDetection.Stop) -> SafeRequest {
    let settings = AnswerSettings(request, isKept: isKept)
    var tokens = tokens(under: key, after: earlier?.conversation)
    var safe = try deidentify(
      request.body, request.prose, settings, &tokens, knowing: known, after: earlier?.conversation)
    safe.heldBefore = earlier?.conversation.held
    safe.goesOnFrom = earlier.flatMap { ConfiguredName($0.record.object) }
    guard isKept else { return safe }
    safe.conversation = KeptConversation(
      model: model, tokens: tokens.memory, words: safe.given.remembered, names: safe.names, isJSON: settings.wantsJSON)
    return safe
  }

  /// Replaces every identifier of a body whose text is `prose` by a token under `key`.
  func deidentify(
    _ body: [UInt8], _ prose: ProseView, _ settings: AnswerSettings, under key: TokenKey,
    knowing known: KnownIdentifiers?
  ) throws(RequestDetection.Stop) -> SafeRequest {
    var tokens = tokens(under: key, after: nil)
    return try deidentify(body, prose, settings, &tokens, knowing: known)
  }

  /// The tokens of a conversation as its earlier turns left them.
  func tokens(under key: TokenKey, after earlier: KeptConversation?) -> SessionTokens {
    guard let earlier else { return SessionTokens(key: key, asOf: clock.today) }
    return SessionTokens(key: key, asOf: clock.today, remembering: earlier.tokens)
  }

  private func deidentify(
    _ body: [UInt8], _ prose: ProseView, _ settings: AnswerSettings, _ tokens: inout SessionTokens,
    knowing known: KnownIdentifiers?, after earlier: KeptConversation? = nil
  ) throws(RequestDetection.Stop) -> SafeRequest {
    let view = prose.text
    var all = known
    // Who was named in an earlier turn is found here as if the turns stood in one text.
    if let remembered = earlier?.tokens.known { all = known?.joined(with: remembered) ?? remembered }
    let findings = try detection.findings(in: view, knowing: all)
    tokens.reserve(lookAlikesIn: body.span)
    tokens.reserve(lookAlikesIn: view.span)
    let edits = tokens.edits(for: findings, in: view.span)
    var counts = IdentifierCounts()
    for finding in findings { counts[finding.identifier] += 1 }
    let safe = spliced(view.span, replacing: edits.map { ($0.range, $0.replacement) })
    let (body, names) = prose.replacing(edits, in: body, after: earlier?.names ?? RequestNames())
    return SafeRequest(
      body: body, settings: settings, names: names, map: tokens.map,
      given: GivenText(safe, tokens.map, after: earlier?.words ?? []), counts: counts, knownCount: known?.count)
  }
}
