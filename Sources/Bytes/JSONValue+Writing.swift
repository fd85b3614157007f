extension JSONValue {
  /// Appends the value without any white space; equal values are written alike.
  public func write(into output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let digits): output.append(contentsOf: digits.utf8)
    case .string(let text): JSONString.quote(text, into: &output)
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
        JSONString.quote(member.name, into: &output)
        output.append(0x3A)
        member.value.write(into: &output)
      }
      output.append(0x7D)
    }
  }

  /// The value as bytes, without any white space.
  public var bytes: [UInt8] {
    var output: [UInt8] = []
    write(into: &output)
    return output
  }
}

extension JSONString {
  /// Appends `text` as a JSON string, quotes and all.
  public static func quote(_ text: String, into output: inout [UInt8]) {
    var text = text
    text.makeContiguousUTF8()
    quote(text.utf8.span, into: &output)
  }
}
