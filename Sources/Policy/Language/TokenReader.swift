/// Reads the words of a text one after another; the part of a parser that policies and schemas share.
struct TokenReader {
  private let source: [UInt8]
  private let tokens: [Token]
  private var index = 0

  init(_ source: [UInt8]) throws(PolicyError) {
    self.source = source
    tokens = try Lexer.tokens(in: source)
  }

  /// The next word, which stays the next.
  var peek: Token { tokens[index] }

  /// The word after `peek`.
  var second: Token { tokens[min(index + 1, tokens.count - 1)] }

  /// Whether every word has been read.
  var isAtEnd: Bool { peek.kind == .end }

  /// Where the next word begins.
  var place: PolicyError.Place { PolicyError.Place(of: peek.range.lowerBound, in: source) }

  /// The spelling of a word.
  func spelling(_ token: Token) -> Text { Text(String(decoding: source[token.range], as: UTF8.self)) }

  /// Whether the next word is the identifier `word`.
  func isAt(_ word: Keyword) -> Bool {
    peek.kind == .identifier && source[peek.range].elementsEqual(word.rawValue.utf8)
  }

  func isAt(_ symbol: Token.Symbol) -> Bool { peek.kind == .symbol(symbol) }

  /// An error about the next word.
  func error(_ code: PolicyError.Code, named name: Text? = nil) -> PolicyError {
    PolicyError(code, at: place, named: name)
  }

  @discardableResult mutating func next() -> Token {
    let token = tokens[index]
    if index + 1 < tokens.count { index += 1 }
    return token
  }

  mutating func take(_ symbol: Token.Symbol) -> Bool {
    guard isAt(symbol) else { return false }
    next()
    return true
  }

  mutating func take(_ word: Keyword) -> Bool {
    guard isAt(word) else { return false }
    next()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws(PolicyError) {
    guard take(symbol) else { throw unexpected() }
  }

  mutating func expect(_ word: Keyword) throws(PolicyError) {
    guard take(word) else { throw unexpected() }
  }

  func unexpected() -> PolicyError { isAtEnd ? error(.unexpectedEnd) : error(.unexpectedToken) }

  /// Any identifier, reserved or not.
  mutating func anyIdentifier() throws(PolicyError) -> Text {
    guard peek.kind == .identifier else { throw unexpected() }
    return spelling(next())
  }

  /// An identifier that is not reserved.
  mutating func identifier() throws(PolicyError) -> Text {
    let mark = self
    let name = try anyIdentifier()
    guard !isReserved(name) else { throw mark.error(.reservedName, named: name) }
    return name
  }

  /// A string's text.
  mutating func string() throws(PolicyError) -> Text { try pieces(isPattern: false)[0] }

  /// A string as a pattern.
  mutating func pattern() throws(PolicyError) -> Pattern { Pattern(pieces: try pieces(isPattern: true)) }

  private mutating func pieces(isPattern: Bool) throws(PolicyError) -> [Text] {
    guard peek.kind == .string else { throw unexpected() }
    let body = (peek.range.lowerBound + 1)..<(peek.range.upperBound - 1)
    guard let pieces = Escapes.pieces(of: source[body], isPattern: isPattern) else { throw error(.malformedString) }
    next()
    return pieces
  }

  /// The size of a number; nil when it does not fit.
  func magnitude(_ token: Token) -> UInt64? { UInt64(spelling(token).string) }
}

/// The identifiers that a policy or a schema gives a meaning.
enum Keyword: String {
  case `true`, `false`, `if`, then, `else`, `in`, `is`, like, has, permit, forbid, when, unless
  case namespace, entity, action, type, `enum`, tags, appliesTo, attributes, principal, resource, context
  case set = "Set"
}

/// Whether Cedar keeps the identifier for itself.
func isReserved(_ name: Text) -> Bool {
  switch name.string {
  case "true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar": true
  default: false
  }
}

/// Whether `text` is a name: identifiers joined with `::`, none of them reserved.
func isName(_ text: Text) -> Bool {
  text.string.utf8.count > 0
    && text.string.split(separator: "::", omittingEmptySubsequences: false).allSatisfy { part in
      let bytes = part.utf8
      guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
      return bytes.allSatisfy(isIdentifierByte) && !isReserved(Text(String(part)))
    }
}
