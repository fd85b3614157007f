import Bytes

/// Hides the known credentials in a text that arrives in pieces cut anywhere.
///
/// The pieces' outputs, joined, are the same however the text was cut. Held back is only a suffix that may be the beginning
/// of a credential.
package struct CredentialScreen: Sendable {
  private let known: KnownCredentials
  private var held: [UInt8] = []

  /// A screen before one text; nil where there is nothing to hide.
  package init?(_ known: KnownCredentials) {
    guard !known.isEmpty else { return nil }
    self.known = known
  }

  /// What of the text can be released with its next piece; nil when that is the piece as it is.
  package mutating func push(_ piece: Span<UInt8>) -> [UInt8]? {
    if held.isEmpty, known.isClean(piece, isLast: false) { return nil }
    held.append(copying: piece)
    let (released, end) = known.hidden(in: held.span, isLast: false)
    held.removeFirst(end)
    return released
  }

  /// What was held back: the text is over.
  package mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held.isEmpty ? [] : known.hidden(in: held.span, isLast: true).bytes
  }
}
