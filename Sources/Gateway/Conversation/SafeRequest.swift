import Bytes
import Deidentification
import Detection
import PHI
import Providers

/// A request with session tokens in the place of its identifiers: what a vendor may see.
struct SafeRequest: Sendable {
  /// The body for the vendor.
  let body: [UInt8]
  /// What the tokens stand for; it lives as long as the request.
  let map: TokenMap
  /// What the vendor and the caller know already.
  let given: GivenText
  /// How many identifiers were replaced, by kind.
  let counts: IdentifierCounts
  /// How many values the caller knew; nil when it handed over none.
  let knownCount: Int?
}

extension Gateway {
  /// Replaces every identifier of a request by a token under `key`.
  func deidentify(
    _ chat: ModelRequest, under key: TokenKey, knowing known: KnownIdentifiers?
  ) throws(RequestDetection.Stop) -> SafeRequest {
    let view = chat.view
    let findings = try detection.findings(in: view, knowing: known)
    var tokens = SessionTokens(key: key, asOf: clock.today)
    tokens.reserve(lookAlikesIn: chat.body.span)
    tokens.reserve(lookAlikesIn: view.span)
    let edits = tokens.edits(for: findings, in: view.span)
    var counts = IdentifierCounts()
    for finding in findings { counts[finding.identifier] += 1 }
    let safe = spliced(view.span, replacing: edits.map { ($0.range, $0.replacement) })
    return SafeRequest(
      body: chat.body(replacing: edits), map: tokens.map, given: GivenText(safe, tokens.map), counts: counts,
      knownCount: known?.count)
  }
}
