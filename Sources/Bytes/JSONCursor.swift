/// A walk over the structure of a JSON text that builds nothing.
///
/// It is strict (RFC 8259, well-formed UTF-8, no byte order mark) and refuses an object that has a name twice, however
/// the two are escaped, because two readers of such an object see different values. Strings are located, not decoded;
/// their escapes are checked, except that half of a surrogate pair is left for the reader to refuse
/// (`JSONString.unescape` reports it), unless it is in a name.
///
/// The text is handed to every call, and must be the same each time.
///
/// ```swift
/// var cursor = try JSONCursor(text)
/// while let token = try cursor.next(in: text) { … }
/// ```
public struct JSONCursor: Sendable {
  /// How many arrays and objects may be open at once.
  public static let depthLimit = 128

  /// The byte where the walk goes on.
  public private(set) var offset = 0
  private var expected = Expected.value
  private var frames: [Frame] = []
  private var names = MemberNames()

  private enum Expected { case value, elementOrEnd, nameOrEnd, commaOrEnd, end }

  private struct Frame {
    var isObject: Bool
    var index = 0
    var name = 0..<0
  }

  /// A walk that is at the start of `text`.
  public init(_ text: Span<UInt8>) throws(JSONError) {
    if let place = firstInvalidUTF8(in: text) { throw JSONError(.malformedUTF8, at: place) }
  }

  /// How many arrays and objects are open.
  public var depth: Int { frames.count }

  /// The way from the top to the value read last, or to the end of what is open.
  public var path: [JSONStep] {
    frames.map { frame in frame.isObject ? .name(frame.name) : .index(frame.index) }
  }

  /// The next token; nil once the value is complete and nothing follows it.
  public mutating func next(in text: Span<UInt8>) throws(JSONError) -> JSONToken? {
    skipSpace(text)
    switch expected {
    case .value: return try value(text)
    case .elementOrEnd: return try peek(text) == 0x5D ? close(.endArray) : value(text)
    case .nameOrEnd: return try peek(text) == 0x7D ? close(.endObject) : name(text)
    case .commaOrEnd: return try continuation(text)
    case .end:
      guard offset == text.count else { throw JSONError(.trailingBytes, at: offset) }
      return nil
    }
  }

  /// The next token, which must be there.
  public mutating func token(in text: Span<UInt8>) throws(JSONError) -> JSONToken {
    guard let token = try next(in: text) else { throw JSONError(.endOfText, at: offset) }
    return token
  }

  /// Walks past what `token`, the last one read, has opened; past nothing when it opened nothing.
  public mutating func skip(_ token: JSONToken, in text: Span<UInt8>) throws(JSONError) {
    guard token.kind == .beginObject || token.kind == .beginArray else { return }
    let outside = depth - 1
    while depth > outside { _ = try self.token(in: text) }
  }

  private mutating func skipSpace(_ text: Span<UInt8>) {
    while offset < text.count {
      let byte = text[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  private func peek(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
    guard offset < text.count else { throw JSONError(.endOfText, at: offset) }
    return text[offset]
  }

  private mutating func continuation(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    let byte = try peek(text)
    let isObject = frames[frames.count - 1].isObject
    if byte == 0x2C {
      offset += 1
      skipSpace(text)
      if isObject { return try name(text) }
      frames[frames.count - 1].index += 1
      return try value(text)
    }
    guard byte == (isObject ? 0x7D : 0x5D) else { throw JSONError(.unexpectedByte, at: offset) }
    return close(isObject ? .endObject : .endArray)
  }

  private mutating func name(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    guard try peek(text) == 0x22 else { throw JSONError(.unexpectedByte, at: offset) }
    let token = try string(.name, text)
    guard try names.insert(token, in: text) else { throw JSONError(.duplicateName, at: token.range.lowerBound) }
    frames[frames.count - 1].name = token.range
    skipSpace(text)
    guard try peek(text) == 0x3A else { throw JSONError(.unexpectedByte, at: offset) }
    offset += 1
    expected = .value
    return token
  }

  private mutating func value(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    switch try peek(text) {
    case 0x22:
      let token = try string(.string, text)
      expected = afterValue
      return token
    case 0x7B: return try open(.beginObject)
    case 0x5B: return try open(.beginArray)
    case 0x74: return try word(.true, "true", text)
    case 0x66: return try word(.false, "false", text)
    case 0x6E: return try word(.null, "null", text)
    default: return try number(text)
    }
  }

  private mutating func string(_ kind: JSONToken.Kind, _ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    let (range, isEscaped) = try JSONScan.string(text, at: offset)
    offset = range.upperBound + 1
    return JSONToken(kind, range, isEscaped: isEscaped)
  }

  private mutating func number(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    let start = offset
    offset = try JSONScan.number(text, at: start)
    expected = afterValue
    return JSONToken(.number, start..<offset)
  }

  private mutating func word(
    _ kind: JSONToken.Kind, _ word: StaticString, _ text: Span<UInt8>
  ) throws(JSONError) -> JSONToken {
    let start = offset
    offset = try JSONScan.word(word, text, at: start)
    expected = afterValue
    return JSONToken(kind, start..<offset)
  }

  private mutating func open(_ kind: JSONToken.Kind) throws(JSONError) -> JSONToken {
    guard frames.count < JSONCursor.depthLimit else { throw JSONError(.tooDeep, at: offset) }
    let isObject = kind == .beginObject
    frames.append(Frame(isObject: isObject))
    if isObject { names.openObject() }
    expected = isObject ? .nameOrEnd : .elementOrEnd
    offset += 1
    return JSONToken(kind, offset - 1..<offset)
  }

  private mutating func close(_ kind: JSONToken.Kind) -> JSONToken {
    frames.removeLast()
    if kind == .endObject { names.closeObject() }
    expected = afterValue
    offset += 1
    return JSONToken(kind, offset - 1..<offset)
  }

  private var afterValue: Expected { frames.isEmpty ? .end : .commaOrEnd }
}
