internal import Bytes
package import PHI

/// The session tokens of one conversation: puts them in the place of findings and remembers what they stand for.
///
/// The same value has the same token throughout, and spellings of one person or one value share an index. The same
/// beginning of a conversation gives the same tokens each time, so a vendor's cache of prompts keeps working.
///
/// ```swift
/// var tokens = SessionTokens(key: key, asOf: today)
/// for message in messages { tokens.reserve(lookAlikesIn: message.span) }
/// let safe = tokens.tokenise(message, findings)
/// ```
package struct SessionTokens: Sendable {
  /// What the tokens stand for, for a `Restorer`.
  package internal(set) var map = TokenMap()
  let key: TokenKey
  private let reference: CalendarDate
  private var people = People()
  /// What stood before each name when it got its token.
  var titles: [UInt64: MentionTitle] = [:]
  /// The tokens that earlier requests of the conversation gave.
  var earlier: Set<UInt64> = []
  /// The token of each exact spelling; one that is withdrawn since gives way to a new one.
  private var spellings: [UInt64: Spelling] = [:]
  /// The index of each person and value.
  var indices: [UInt64: UInt32] = [:]
  /// The next free form of each index.
  var forms: [UInt64: UInt32] = [:]
  var lastIndex = [UInt32](repeating: 0, count: Identifier.allCases.count)
  var reserved: Set<UInt64> = []

  private struct Spelling {
    var token: SessionToken
    var value: Range<Int>
  }

  /// No tokens yet; `reference` is the day by which two-digit years are read.
  package init(key: TokenKey, asOf reference: CalendarDate) {
    self.key = key
    self.reference = reference
  }

  /// Keeps clear of every index that `text` seems to use already.
  ///
  /// To be called with every text of a conversation before the first is tokenised. A look-alike of a token that was
  /// given before it was seen takes that token out of the map: it will stay a token in answers.
  package mutating func reserve(lookAlikesIn text: Span<UInt8>) {
    reserve(otherSpellingsIn: text)
    for separator in text.indices where text[separator] == 0x5F {
      guard let index = TokenGrammar.index(at: separator + 1, in: text)?.value else { continue }
      let tail = TokenGrammar.tail(after: separator, in: text)
      TokenGrammar.eachKind(before: separator, in: text, notBefore: 0) { identifier, _ in
        reserved.insert(SessionToken.key(identifier, index, 0))
        if let tail {
          withdraw(SessionToken(identifier: identifier, index: tail.index, form: tail.form, check: tail.check))
        }
        return false
      }
    }
  }

  /// Keeps clear of what reads like a token whose separators are no plain underscores.
  private mutating func reserve(otherSpellingsIn text: Span<UInt8>) {
    let beginnings = TokenGrammar.beginnings
    for place in text.indices where beginnings.mayBegin(at: place, in: text) {
      let previous = place > 0 ? text[place - 1] : 0x0A
      for kind in TokenGrammar.kinds(beginningWith: text[place]) where kind.mayBegin(at: place, in: text) {
        var spelling = TokenSpelling(at: place, after: previous)
        let step = spelling.read(kind, in: text)
        guard spelling.hasSeparators, spelling.index > 0 else { continue }
        reserved.insert(SessionToken.key(kind.identifier, spelling.index, 0))
        if step == .passed { withdraw(spelling.token(kind.identifier)) }
      }
    }
  }

  private mutating func withdraw(_ token: SessionToken) {
    // Who has been shown a token of the conversation may speak of it: with its own check letters it is that token.
    if earlier.contains(token.key), map.range(of: token) != nil { return }
    map.withdraw(token.identifier, index: token.index, form: token.form)
  }

  /// The tokens for `findings` in `text`, as edits.
  ///
  /// - Precondition: the findings are in order, do not overlap and lie within `text`.
  package mutating func edits(for findings: [Finding], in text: Span<UInt8>) -> [Edit] {
    findings.map { Edit($0.range, with: token(for: $0, in: text).text) }
  }

  /// `text` with tokens in the place of `findings`.
  ///
  /// - Precondition: the findings are in order, do not overlap and lie within `text`.
  package mutating func tokenise(_ text: Span<UInt8>, _ findings: [Finding]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 8 * findings.count)
    var copied = 0
    for finding in findings {
      output.append(copying: text, copied..<finding.range.lowerBound)
      TokenGrammar.write(token(for: finding, in: text), into: &output)
      copied = finding.range.upperBound
    }
    output.append(copying: text, copied..<text.count)
    return output
  }

  /// `text` with tokens in the place of `findings`.
  package mutating func tokenise(_ text: [UInt8], _ findings: [Finding]) -> [UInt8] { tokenise(text.span, findings) }

  /// The token for one finding in `text`.
  package mutating func token(for finding: Finding, in text: Span<UInt8>) -> SessionToken {
    let value = text.extracting(finding.range)
    let mention = finding.identifier == .name ? Mention(at: finding.range, in: text) : nil
    let (subject, place) = place(of: value, finding.identifier, mention)
    let token: SessionToken
    switch place {
    case .known(let known): return known
    case .free(let spelling):
      token = newToken(finding.identifier, for: subject)
      spellings[spelling] = Spelling(token: token, value: map.add(token, standingFor: value))
    }
    if let mention { titles[token.key] = MentionTitle(mention) }
    return token
  }

  /// Takes in what an earlier request of the conversation gave a token for.
  mutating func remember(_ token: SessionToken, for value: Span<UInt8>, _ mention: Mention?, isWithdrawn: Bool) {
    let range = map.add(token, standingFor: value)
    earlier.insert(token.key)
    let family = SessionToken.key(token.identifier, token.index, 0)
    forms[family] = max(forms[family, default: 0], token.form + 1)
    let kind = Int(token.identifier.rawValue)
    lastIndex[kind] = max(lastIndex[kind], token.index)
    if isWithdrawn {
      map.withdraw(token.identifier, index: token.index, form: token.form)
      return
    }
    if let mention { titles[token.key] = MentionTitle(mention) }
    let (subject, place) = place(of: value, token.identifier, mention)
    indices[SessionTokens.family(subject, token.identifier)] = token.index
    if case .free(let spelling) = place { spellings[spelling] = Spelling(token: token, value: range) }
  }

  /// Where the token of a spelling is, or would be.
  private enum Place {
    case known(SessionToken)
    case free(UInt64)
  }

  private mutating func place(
    of value: Span<UInt8>, _ identifier: Identifier, _ mention: Mention?
  ) -> (subject: UInt64, Place) {
    var spelling = hash(value, identifier)
    let subject: UInt64
    if let mention {
      let person = people.identify(mention, spelling: spelling)
      subject = UInt64(person)
      spelling = spelling &+ UInt64(person) &* 0x9E37_79B9_7F4A_7C15
    } else {
      subject = NormalisedValue.key(of: value, as: identifier, asOf: reference)
    }
    while let known = spellings[spelling] {
      if known.token.identifier == identifier, map.isValue(at: known.value, value) {
        return (subject, map.range(of: known.token) == nil ? .free(spelling) : .known(known.token))
      }
      spelling &+= 1
    }
    return (subject, .free(spelling))
  }

  private static func family(_ subject: UInt64, _ identifier: Identifier) -> UInt64 {
    subject &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(identifier.rawValue) << 56
  }

  private mutating func newToken(_ identifier: Identifier, for subject: UInt64) -> SessionToken {
    let subject = SessionTokens.family(subject, identifier)
    var index = indices[subject] ?? newIndex(identifier)
    var form = forms[SessionToken.key(identifier, index, 0), default: 0]
    if form > TokenGrammar.largestForm || reserved.contains(SessionToken.key(identifier, index, 0)) {
      index = newIndex(identifier)
      form = 0
    }
    indices[subject] = index
    forms[SessionToken.key(identifier, index, 0)] = form + 1
    return key.token(identifier, index: index, form: form)
  }

  private mutating func newIndex(_ identifier: Identifier) -> UInt32 {
    var index = lastIndex[Int(identifier.rawValue)] + 1
    while reserved.contains(SessionToken.key(identifier, index, 0)) { index += 1 }
    precondition(index <= TokenGrammar.largestIndex, "a conversation has at most 9,999,999 values of one kind")
    lastIndex[Int(identifier.rawValue)] = index
    return index
  }

  private func hash(_ value: Span<UInt8>, _ identifier: Identifier) -> UInt64 {
    var hash = NameWords.seed ^ UInt64(identifier.rawValue)
    for place in value.indices { hash = NameWords.adding(value[place], to: hash) }
    return hash
  }
}
