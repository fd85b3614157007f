import Bytes
import Deidentification
import Detection
import Providers

/// Puts a caller's own identifiers back into one text of an answer, and keeps out those that the model made up.
///
/// What a tool is told to do is kept until all of it is there, and judged; other texts leave as they come.
struct Restoration: TextRewriter, Sendable {
  private var rewriter: AnswerRewriter
  private let rules: Rules
  private let escaping: Restorer.Escaping
  private let scanner: Scanner
  private var screen: CredentialScreen
  private let tally: AnswerTally
  private let number: Int
  private var said: AnswerTally.TextKey
  private let judge: CallJudge?
  /// What has come of a call that is to be judged.
  private var call: [UInt8]?
  private var isWithheld = false

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
    /// The hosts that calls of tools may go to with what is put back; nil where the answer has no calls of a model's.
    let toolHosts: HostList?
    /// What nobody is shown, also where a stream gives it letter by letter.
    let credentials: CredentialsInForce
  }

  /// - Parameters:
  ///   - rules: what the answer is rewritten by.
  ///   - channel: the text; what is put into JSON is escaped for it.
  ///   - detection: what finds identifiers.
  ///   - tally: learns what is found.
  init(_ rules: Rules, in channel: TextChannel, by detection: RequestDetection, tally: AnswerTally) {
    escaping =
      switch channel.escaping(contentIsJSON: rules.answersInJSON) {
      case .none: .none
      case .jsonString: .json
      case .shownJSONString: .shownJSON
      }
    self.rules = rules
    scanner = detection.ownScanner
    screen = CredentialScreen(rules.credentials)
    rewriter = AnswerRewriter(rules, revealing: rules.revealing, escaping, scanner)
    let revealsNothing = rules.revealing.isEmpty || rules.map.count == 0
    judge =
      revealsNothing
      ? nil
      : rules.toolHosts.map {
        CallJudge(map: rules.map, revealing: rules.revealing, hosts: $0)
      }
    call = judge != nil && channel.isCall ? [] : nil
    self.tally = tally
    number = tally.begin()
    said = AnswerTally.TextKey(choice: channel.choice)
  }

  var trail: AnswerRewriter.Trail {
    guard screen.isHolding, call == nil else { return rewriter.trail }
    var screen = screen
    let rest = screen.finish()
    var ahead = rewriter
    var unseen: [UInt8] = []
    ahead.rewrite(rest.span, into: &unseen)
    return ahead.trail
  }

  mutating func follow(_ trail: AnswerRewriter.Trail) { rewriter.follow(trail) }

  func admits(_ call: Span<UInt8>) -> Bool {
    guard let judge else { return true }
    let isAdmitted = judge.admits([UInt8](copying: call), isJSON: true)
    if !isAdmitted {
      var key = AnswerTally.TextKey(choice: said.choice)
      key.take(call)
      tally.withholdCall(saying: key)
    }
    return isAdmitted
  }

  mutating func isPart(ofAdmittedCall isAdmitted: Bool) {
    call = nil
    if !isAdmitted, judge != nil { keepTokens() }
  }

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    if let shown = screen.push(text) { read(shown.span, into: &output) } else { read(text, into: &output) }
  }

  private mutating func read(_ text: Span<UInt8>, into output: inout [UInt8]) {
    said.take(text)
    guard call != nil else { return pass(text, into: &output) }
    call?.append(copying: text)
    // No longer one is admitted, whatever comes.
    if let call, call.count > HostList.longestCall { settle(call, into: &output) }
  }

  mutating func finish(into output: inout [UInt8]) {
    let rest = screen.finish()
    if !rest.isEmpty { read(rest.span, into: &output) }
    if let call { settle(call, into: &output) }
    rewriter.finish(into: &output)
    tally.take(from: &rewriter, of: number)
    tally.end(number, saying: said, restored: rewriter.restored)
    if isWithheld { tally.withholdCall(saying: said) }
  }

  /// Judges a call by what has come of it, and lets that go.
  private mutating func settle(_ text: [UInt8], into output: inout [UInt8]) {
    call = nil
    let isLong = text.count > HostList.longestCall
    isWithheld = judge?.admits(text, isJSON: escaping != .none) == false
    if isWithheld || isLong { keepTokens() }
    pass(text.span, into: &output)
  }

  private mutating func pass(_ text: Span<UInt8>, into output: inout [UInt8]) {
    rewriter.rewrite(text, into: &output)
    tally.take(from: &rewriter, of: number)
  }

  /// Puts nothing back from here on; nothing of the text has left.
  private mutating func keepTokens() {
    let trail = rewriter.trail
    rewriter = AnswerRewriter(rules, revealing: [], escaping, scanner)
    rewriter.follow(trail)
  }
}

extension AnswerRewriter {
  fileprivate init(
    _ rules: Restoration.Rules, revealing: IdentifierSet, _ escaping: Restorer.Escaping, _ scanner: Scanner
  ) {
    self.init(
      rules.map, revealing: revealing, escaping: escaping, novelty: rules.novelty, given: rules.given,
      scanner: scanner)
  }
}
