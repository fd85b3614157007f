import Bytes

/// A JSON value that keeps the bytes it was written with, so that it can be put elsewhere without being spelt anew.
struct WrittenValue: Sendable {
  enum Content: Sendable {
    case null
    case bool(Bool)
    case number
    case string(isEscaped: Bool)
    case array([WrittenValue])
    case object([WrittenMember])
  }

  let content: Content
  /// As it was written, the quotes of a string included.
  let bytes: ArraySlice<UInt8>

  /// The value that `text` spells, read as strictly as `JSONCursor` does.
  init(parsing text: [UInt8]) throws(JSONError) {
    var cursor = try JSONCursor(text.span)
    self = try WrittenValue(cursor.token(in: text.span), &cursor, text)
    _ = try cursor.next(in: text.span)
  }

  private init(_ token: JSONToken, _ cursor: inout JSONCursor, _ text: [UInt8]) throws(JSONError) {
    switch token.kind {
    case .null: content = .null
    case .true: content = .bool(true)
    case .false: content = .bool(false)
    case .number: content = .number
    case .string:
      content = .string(isEscaped: token.isEscaped)
      bytes = text[token.range.lowerBound - 1..<token.range.upperBound + 1]
      return
    case .beginArray:
      var elements: [WrittenValue] = []
      while true {
        let element = try cursor.token(in: text.span)
        if element.kind == .endArray { break }
        elements.append(try WrittenValue(element, &cursor, text))
      }
      content = .array(elements)
    case .beginObject:
      var members: [WrittenMember] = []
      while true {
        let name = try cursor.token(in: text.span)
        if name.kind == .endObject { break }
        let value = try WrittenValue(cursor.token(in: text.span), &cursor, text)
        members.append(WrittenMember(name: name.decoded(from: text), value: value))
      }
      content = .object(members)
    case .endArray, .endObject, .name: throw JSONError(.unexpectedByte, at: token.range.lowerBound)
    }
    bytes = text[token.range.lowerBound..<cursor.offset]
  }
}

/// A name and a value of an object.
struct WrittenMember: Sendable {
  var name: String
  var value: WrittenValue
}

extension WrittenValue {
  /// The value of the member with this name; nil when there is none, when it is null or when this is no object.
  subscript(name: String) -> WrittenValue? {
    guard let value = members?.first(where: { $0.name == name })?.value, !value.isNull else { return nil }
    return value
  }

  var isNull: Bool { if case .null = content { true } else { false } }
  var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
  var isNumber: Bool { if case .number = content { true } else { false } }
  var isString: Bool { if case .string = content { true } else { false } }
  var array: [WrittenValue]? { if case .array(let elements) = content { elements } else { nil } }
  var members: [WrittenMember]? { if case .object(let members) = content { members } else { nil } }

  /// What is between the quotes of a string, as it was written; nil when it is none.
  var body: ArraySlice<UInt8>? { isString ? bytes.dropFirst().dropLast() : nil }

  /// What a string says; half of a surrogate pair as its three bytes of WTF-8.
  var text: [UInt8]? {
    guard case .string(let isEscaped) = content, let body else { return nil }
    guard isEscaped else { return Array(body) }
    var text: [UInt8] = []
    _ = JSONString.unescape(Array(body).span, into: &text)
    return text
  }

  /// What a string says; for words of the protocol.
  var string: String? { text.map { String(decoding: $0.span) } }

  /// The number, when it is written as an integer that fits.
  var integer: Int? { isNumber ? Int(String(decoding: Array(bytes).span)) : nil }

  var double: Double? { isNumber ? Double(String(decoding: Array(bytes).span)) : nil }
}

extension JSONToken {
  fileprivate func decoded(from text: [UInt8]) -> String {
    guard isEscaped else { return String(decoding: text.span.extracting(range)) }
    var decoded: [UInt8] = []
    _ = JSONString.unescape(text.span.extracting(range), into: &decoded)
    return String(decoding: decoded.span)
  }
}
