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
  package private(set) var map = TokenMap()
  private let key: TokenKey
  private let reference: CalendarDate
  private var people = People()
  /// The token of each exact spelling.
  private var spellings: [UInt64: Spelling] = [:]
  /// The index of each person and value.
  private var indices: [UInt64: UInt32] = [:]
  /// The next free form of each index.
  private var forms: [UInt64: UInt32] = [:]
  private var lastIndex = [UInt32](repeating: 0, count: Identifier.allCases.count)
  private var reserved: Set<UInt64> = []

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
    var previous: UInt8 = 0x0A
    for place in text.indices {
      defer { previous = text[place] }
      guard ASCII.isLetter(text[place]) else { continue }
      for kind in TokenGrammar.kinds where kind.letters[0] == text[place] & 0xDF {
        var spelling = TokenSpelling(at: place, after: previous)
        let step = spelling.read(kind, in: text)
        guard spelling.hasSeparators, spelling.index > 0 else { continue }
        reserved.insert(SessionToken.key(kind.identifier, spelling.index, 0))
        if step == .passed { withdraw(spelling.token(kind.identifier)) }
      }
    }
  }

  private mutating func withdraw(_ token: SessionToken) {
    guard map.withdraw(token.identifier, index: token.index, form: token.form) else { return }
    spellings = spellings.filter { $0.value.token.key != token.key }
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
    var spelling = hash(value, finding.identifier)
    let subject: UInt64
    if finding.identifier == .name {
      let person = people.identify(Mention(at: finding.range, in: text), spelling: spelling)
      subject = UInt64(person)
      spelling = spelling &+ UInt64(person) &* 0x9E37_79B9_7F4A_7C15
    } else {
      subject = NormalisedValue.key(of: value, as: finding.identifier, asOf: reference)
    }
    while let known = spellings[spelling] {
      if known.token.identifier == finding.identifier, map.isValue(at: known.value, value) { return known.token }
      spelling &+= 1
    }
    let token = newToken(finding.identifier, for: subject)
    spellings[spelling] = Spelling(token: token, value: map.add(token, standingFor: value))
    return token
  }

  private mutating func newToken(_ identifier: Identifier, for subject: UInt64) -> SessionToken {
    let subject = subject &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(identifier.rawValue) << 56
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
