import Bytes

/// A walk over an answer, or over one event, that notes what it finds; a dialect says which way it goes.
struct AnswerWalk {
  var reading = AnswerReading()
  private(set) var cursor: JSONCursor
  private var ahead = KindsAhead()

  private init(cursor: JSONCursor) { self.cursor = cursor }

  /// The object that `text` is, after `read` has read its members.
  static func reading(
    _ text: Span<UInt8>, _ read: (inout AnswerWalk, Span<UInt8>) throws(JSONError) -> Void
  ) throws(ProviderError) -> AnswerReading {
    do throws(JSONError) {
      var walk = AnswerWalk(cursor: try JSONCursor(text))
      let top = try walk.token(text)
      guard top.kind == .beginObject else { throw JSONError(.unexpectedByte, at: top.range.lowerBound) }
      try read(&walk, text)
      _ = try walk.cursor.next(in: text)
      return walk.reading
    } catch {
      throw ProviderError(error)
    }
  }

  /// Where the walk goes on.
  var offset: Int { cursor.offset }

  mutating func token(_ text: Span<UInt8>) throws(JSONError) -> JSONToken { try cursor.token(in: text) }

  /// The next member's name; nil at the end of the object.
  mutating func name(_ text: Span<UInt8>) throws(JSONError) -> JSONToken? {
    let token = try cursor.token(in: text)
    return token.kind == .endObject ? nil : token
  }

  /// What the object just opened says that it is, wherever among its members it says so.
  mutating func kind(_ text: Span<UInt8>) -> String? {
    guard let token = ahead.kind(after: cursor, in: text), token.kind == .string else { return nil }
    return String(decoding: text.extracting(token.range))
  }

  mutating func skip(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    try cursor.skip(token, in: text)
  }

  /// Passes over a value that is no text, and notes a name in it that may have been made for the request.
  mutating func identity(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    if token.kind == .string, RequestNames.mayBeOwn(text.extracting(token.range)) { reading.names.append(token) }
    try cursor.skip(token, in: text)
  }

  mutating func elements(
    _ text: Span<UInt8>, _ read: (inout AnswerWalk, JSONToken, Int) throws(JSONError) -> Void
  ) throws(JSONError) {
    var position = 0
    while true {
      let element = try cursor.token(in: text)
      if element.kind == .endArray { return }
      try read(&self, element, position)
      position += 1
    }
  }

  /// Takes every string of a value for a text of its own.
  mutating func others(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    try strings(of: token, text) { $0.take($1, for: TextChannel(.other), isWhole: true) }
  }

  /// Takes every string of a value for a text of its own, and the value for what a tool is told to do.
  mutating func call(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    let first = reading.pieces.count
    try others(token, text)
    isCall(token, from: first) { $0 == .other }
  }

  /// Notes that the pieces from `first` on are parts of a call, the value that began with `token` and ends here.
  ///
  /// Those which are calls by themselves, and which `isPart` does not say to be parts, stay so.
  mutating func isCall(_ token: JSONToken, from first: Int, including isPart: (TextChannel.Field) -> Bool) {
    let isOpen = token.kind == .beginObject || token.kind == .beginArray
    let start = token.kind == .string ? token.range.lowerBound - 1 : token.range.lowerBound
    let end = isOpen ? cursor.offset : token.kind == .string ? token.range.upperBound + 1 : token.range.upperBound
    for place in reading.pieces[first...].indices where isPart(reading.pieces[place].channel.field) {
      reading.pieces[place].call = start..<end
    }
  }

  /// Hands over each string of a value; names are none.
  mutating func strings(
    of token: JSONToken, _ text: Span<UInt8>, _ take: (inout AnswerWalk, JSONToken) -> Void
  ) throws(JSONError) {
    var token = token
    let depth = cursor.depth - (token.kind == .beginObject || token.kind == .beginArray ? 1 : 0)
    while true {
      if token.kind == .string { take(&self, token) }
      if cursor.depth <= depth { return }
      token = try cursor.token(in: text)
    }
  }

  /// Takes a value for a list of the tokens of a choice's texts.
  mutating func tokenList(
    _ token: JSONToken, ofChoice choice: Int, emptied replacement: StaticString, _ text: Span<UInt8>
  ) throws(JSONError) {
    var found: [JSONToken] = []
    try strings(of: token, text) { found.append($1) }
    let end = token.kind == .beginObject || token.kind == .beginArray ? cursor.offset : token.range.upperBound
    reading.tokenLists.append(
      AnswerReading.TokenList(
        choice: choice, range: token.range.lowerBound..<end, replacement: replacement, strings: found))
  }

  /// Takes the string `token` for a text or a piece of one.
  mutating func take(_ token: JSONToken, for channel: TextChannel, isWhole: Bool) {
    reading.pieces.append(AnswerReading.Piece(channel: channel, token: token, isWhole: isWhole))
  }

  /// Notes where the pieces from `first` on are told.
  mutating func told(_ telling: TextRow.Telling, from first: Int) {
    for place in reading.pieces[first...].indices { reading.pieces[place].telling = telling }
  }

  /// What a string, a name or a number says.
  func string(_ token: JSONToken, _ text: Span<UInt8>) -> String {
    guard token.isEscaped else { return String(decoding: text.extracting(token.range)) }
    return String(decoding: token.text(in: text).span)
  }

  /// The number, where it is an integer that fits.
  func integer(_ token: JSONToken, _ text: Span<UInt8>) -> Int? {
    token.kind == .number ? Int(String(decoding: text.extracting(token.range))) : nil
  }

  /// What stands beside `name` in a table.
  func entry<Field>(
    _ name: JSONToken, in table: [(StaticString, Field)], _ text: Span<UInt8>
  ) -> Field? {
    guard name.isEscaped else {
      let name = text.extracting(name.range)
      return table.first { name.spells($0.0) }?.1
    }
    let decoded = name.text(in: text)
    return table.first { decoded.span.spells($0.0) }?.1
  }
}
