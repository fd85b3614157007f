package import Detection
internal import PHI

/// What stands between a model's answer and its caller: puts the caller's own identifiers back, and finds those that
/// the model made up.
///
/// It takes one text of an answer in pieces cut anywhere; what it gives, joined, depends on the text alone.
package struct AnswerRewriter: Sendable {
  /// What becomes of identifiers that nobody has given.
  package enum Novelty: String, CaseIterable, Sendable {
    /// A label such as `[NAME]` takes their place.
    case redact
    /// The text ends before them.
    case block
    /// They are not looked for.
    case pass
  }

  /// How many identifiers of each kind were found that nobody has given.
  package private(set) var novel = IdentifierCounts()
  /// Whether the text has ended because of one.
  package private(set) var isBlocked = false
  private var restorer: Restorer
  private var screen: NovelIdentifiers?
  private var passage = Passage()

  /// A rewriter of one text.
  ///
  /// - Parameters:
  ///   - map: what the tokens of the request stand for.
  ///   - revealing: the kinds that the caller may see; the others stay tokens. With none, nothing is put back.
  ///   - escaping: how values are written, which says whether the text is JSON.
  ///   - novelty: what becomes of identifiers that are new.
  ///   - given: what is not new.
  ///   - scanner: what finds identifiers.
  package init(
    _ map: TokenMap, revealing: IdentifierSet, escaping: Restorer.Escaping, novelty: Novelty, given: GivenText,
    scanner: Scanner
  ) {
    let isScreened = novelty != .pass
    restorer = Restorer(map, revealing: revealing, escaping: escaping, marksTokens: isScreened)
    guard isScreened else { return }
    screen = NovelIdentifiers(
      AnswerSearch(scanner: scanner, given: given, isJSON: escaping.isJSON, redacts: novelty == .redact))
  }

  /// What a text has to know of the one that a reader's program may put right before it.
  package struct Trail: Sendable {
    fileprivate let links: LinkWatch
    fileprivate let context: [UInt8]
  }

  /// What a text that comes right after this one has to know of it.
  package var trail: Trail { Trail(links: restorer.trail, context: screen?.trail ?? []) }

  /// Goes on from another text of the same kind: an address that began there, or half of an identifier, goes on here.
  ///
  /// Nothing of this text may have come.
  package mutating func follow(_ trail: Trail) {
    restorer.follow(trail.links)
    screen?.follow(trail.context)
  }

  /// How many tokens of each kind have been restored.
  package var restored: IdentifierCounts { restorer.restored }

  /// How many identifiers of each kind were found since this was asked last; nil when none were.
  package mutating func takeNovel() -> IdentifierCounts? {
    guard novel.total > 0 else { return nil }
    defer { novel = IdentifierCounts() }
    return novel
  }

  /// Takes the next piece of the text and appends what can be released.
  package mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    guard !isBlocked else { return }
    guard screen != nil else { return restorer.push(text, into: &output) }
    passage.clear()
    restorer.push(text, into: &passage)
    screen(isLast: false, into: &output)
  }

  /// Takes the end of the text and appends what was held back.
  package mutating func finish(into output: inout [UInt8]) {
    guard !isBlocked else { return }
    guard screen != nil else { return restorer.finish(into: &output) }
    passage.clear()
    restorer.finish(into: &passage)
    screen(isLast: true, into: &output)
  }

  private mutating func screen(isLast: Bool, into output: inout [UInt8]) {
    guard screen?.push(passage, isLast: isLast, counting: &novel, into: &output) == false else { return }
    isBlocked = true
    screen = nil
  }
}
