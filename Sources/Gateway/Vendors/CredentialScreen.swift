import Bytes

/// Hides the known credentials in a text that arrives in pieces cut anywhere.
///
/// The pieces' outputs, joined, are the same however the text was cut. Held back is only a suffix that may be the beginning
/// of a credential.
package struct CredentialScreen: Sendable {
  private let inForce: CredentialsInForce
  private var edition = -1
  private var known = KnownCredentials.none
  private var held: [UInt8] = []

  /// A screen before one text; what comes into force while the text arrives is hidden from then on.
  package init(_ inForce: CredentialsInForce) {
    self.inForce = inForce
    look()
  }

  /// Whether anything is held back.
  var isHolding: Bool { !held.isEmpty }

  /// What of the text can be released with its next piece; nil when that is the piece as it is.
  package mutating func push(_ piece: Span<UInt8>) -> [UInt8]? {
    look()
    if held.isEmpty, known.isEmpty || known.isClean(piece, isLast: false) { return nil }
    held.append(copying: piece)
    let (released, end) = known.hidden(in: held.span, isLast: false)
    held.removeFirst(end)
    return released
  }

  /// What was held back: the text is over.
  package mutating func finish() -> [UInt8] {
    guard !held.isEmpty else { return [] }
    look()
    defer { held = [] }
    return known.hidden(in: held.span, isLast: true).bytes
  }

  private mutating func look() {
    if let news = inForce.news(since: &edition) { known = news }
  }
}
