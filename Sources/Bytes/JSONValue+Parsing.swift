extension JSONValue {
  /// The value that `text` spells, read as strictly as `JSONCursor` does.
  public init(parsing text: Span<UInt8>) throws(JSONError) {
    var cursor = try JSONCursor(text)
    self = try JSONValue.value(cursor.token(in: text), &cursor, text)
    _ = try cursor.next(in: text)
  }

  /// The value that `text` spells, read as strictly as `JSONCursor` does.
  public init(parsing text: [UInt8]) throws(JSONError) { try self.init(parsing: text.span) }

  private static func value(
    _ token: JSONToken, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) -> JSONValue {
    switch token.kind {
    case .null: return .null
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .number: return .number(String(decoding: text.extracting(token.range)))
    case .string: return .string(try string(token, text))
    case .beginArray:
      var elements: [JSONValue] = []
      while true {
        let element = try cursor.token(in: text)
        if element.kind == .endArray { return .array(elements) }
        elements.append(try value(element, &cursor, text))
      }
    case .beginObject:
      var members: [JSONMember] = []
      while true {
        let name = try cursor.token(in: text)
        if name.kind == .endObject { return .object(members) }
        members.append(JSONMember(try string(name, text), try value(cursor.token(in: text), &cursor, text)))
      }
    case .endArray, .endObject, .name:
      throw JSONError(.unexpectedByte, at: token.range.lowerBound)
    }
  }

  private static func string(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) -> String {
    let body = text.extracting(token.range)
    guard token.isEscaped else { return String(decoding: body) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(body.count)
    guard JSONString.unescape(body, into: &decoded) else {
      throw JSONError(.loneSurrogate, at: token.range.lowerBound)
    }
    return String(decoding: decoded.span)
  }
}
