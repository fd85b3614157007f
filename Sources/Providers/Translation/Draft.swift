import Bytes

/// A JSON value to be written, parts of which are bytes of another text and stay as they were written there.
enum Draft: Sendable {
  case value(JSONValue)
  /// The bytes of a JSON value.
  case written(ArraySlice<UInt8>)
  /// One string of the bodies of several, each as it was written between its quotes.
  case joined([ArraySlice<UInt8>])
  /// A string that says these bytes.
  case quoted([UInt8])
  case array([Draft])
  case object([(String, Draft)])

  init(_ value: WrittenValue) { self = .written(value.bytes) }

  func write(into output: inout [UInt8]) {
    switch self {
    case .value(let value): value.write(into: &output)
    case .written(let bytes): output.append(contentsOf: bytes)
    case .joined(let bodies):
      output.append(0x22)
      for body in bodies { output.append(contentsOf: body) }
      output.append(0x22)
    case .quoted(let text): JSONString.quote(text.span, into: &output)
    case .array(let elements):
      output.append(0x5B)
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(0x2C) }
        element.write(into: &output)
      }
      output.append(0x5D)
    case .object(let members):
      output.append(0x7B)
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(0x2C) }
        JSONString.quote(member.0, into: &output)
        output.append(0x3A)
        member.1.write(into: &output)
      }
      output.append(0x7D)
    }
  }

  var bytes: [UInt8] {
    var output: [UInt8] = []
    write(into: &output)
    return output
  }

  /// Appends the value as one line of an event's data: between the tokens of JSON a line feed and a space are the same.
  func writeLine(into output: inout [UInt8]) {
    output.append(contentsOf: bytes.map { ASCII.isNewline($0) ? 0x20 : $0 })
  }
}

extension Draft: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .value(.string(value)) }
  init(booleanLiteral value: Bool) { self = .value(.bool(value)) }
  init(arrayLiteral elements: Draft...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, Draft)...) { self = .object(elements) }

  static func integer(_ value: Int) -> Draft { .value(.integer(value)) }
  static var null: Draft { .value(.null) }
}
