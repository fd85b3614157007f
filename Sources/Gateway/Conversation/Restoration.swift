import Deidentification
import Providers

/// Puts a caller's own identifiers back into one text of an answer.
struct Restoration: TextRewriter, Sendable {
  private var restorer: Restorer

  /// - Parameters:
  ///   - map: what the tokens of the request stand for.
  ///   - revealing: the kinds that this caller may see; the others stay tokens.
  ///   - channel: the text; what is put into JSON is escaped for it.
  ///   - answersInJSON: whether the answer's own text was asked for as JSON.
  init(_ map: TokenMap, revealing: IdentifierSet, in channel: TextChannel, answersInJSON: Bool) {
    let isJSON =
      switch channel.escaping(contentIsJSON: answersInJSON) {
      case .jsonString: true
      case .none: false
      }
    restorer = Restorer(map, revealing: revealing, escaping: isJSON ? .json : .none)
  }

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) { restorer.push(text, into: &output) }

  mutating func finish(into output: inout [UInt8]) { restorer.finish(into: &output) }
}
