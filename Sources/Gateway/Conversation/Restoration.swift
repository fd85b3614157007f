import Deidentification
import Providers

/// Puts a caller's own identifiers back into one text of an answer, and keeps out those that the model made up.
struct Restoration: TextRewriter, Sendable {
  private var rewriter: AnswerRewriter
  private let tally: AnswerTally
  private let number: Int
  private var said: AnswerTally.TextKey

  /// What all the texts of one answer are rewritten by.
  struct Rules: Sendable {
    /// What the tokens of the request stand for.
    let map: TokenMap
    /// The kinds that this caller may see; the others stay tokens.
    let revealing: IdentifierSet
    /// What becomes of identifiers that nobody has given.
    let novelty: AnswerRewriter.Novelty
    /// What has been given.
    let given: GivenText
    /// Whether the answer's own text was asked for as JSON.
    let answersInJSON: Bool
  }

  /// - Parameters:
  ///   - rules: what the answer is rewritten by.
  ///   - channel: the text; what is put into JSON is escaped for it.
  ///   - detection: what finds identifiers.
  ///   - tally: learns what is found.
  init(_ rules: Rules, in channel: TextChannel, by detection: RequestDetection, tally: AnswerTally) {
    let escaping: Restorer.Escaping =
      switch channel.escaping(contentIsJSON: rules.answersInJSON) {
      case .none: .none
      case .jsonString: .json
      case .shownJSONString: .shownJSON
      }
    rewriter = AnswerRewriter(
      rules.map, revealing: rules.revealing, escaping: escaping, novelty: rules.novelty,
      given: rules.given, scanner: detection.ownScanner)
    self.tally = tally
    number = tally.begin()
    said = AnswerTally.TextKey(choice: channel.choice)
  }

  var trail: AnswerRewriter.Trail { rewriter.trail }

  mutating func follow(_ trail: AnswerRewriter.Trail) { rewriter.follow(trail) }

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    said.take(text)
    rewriter.rewrite(text, into: &output)
    tally.take(from: &rewriter, of: number)
  }

  mutating func finish(into output: inout [UInt8]) {
    rewriter.finish(into: &output)
    tally.take(from: &rewriter, of: number)
    tally.end(number, saying: said, restored: rewriter.restored)
  }
}
