import Bytes

extension TextChannel {
  /// Appends an event of the stream that says `text` in this channel and nothing else.
  func appendEvent(saying text: Span<UInt8>, identity: [UInt8], to output: inout [UInt8]) {
    output.append(contentsOf: "data: {".utf8)
    output.append(contentsOf: identity.map { ASCII.isNewline($0) ? 0x20 : $0 })
    output.append(contentsOf: #""choices":[{"index":"#.utf8)
    output.append(contentsOf: "\(choice),\"delta\":{".utf8)
    let (opening, closing) = around
    output.append(contentsOf: opening)
    JSONString.quote(text, into: &output)
    output.append(contentsOf: closing.utf8)
    output.append(contentsOf: "},\"finish_reason\":null}]}\n\n".utf8)
  }

  /// What stands before and after the text in a delta.
  private var around: (opening: [UInt8], closing: String) {
    var opening: [UInt8] = []
    switch field {
    case .member(let name):
      JSONString.quote(name, into: &opening)
      opening.append(0x3A)
      return (opening, "")
    case .toolArguments(let call):
      opening.append(contentsOf: #""tool_calls":[{"index":\#(call),"function":{"arguments":"#.utf8)
      return (opening, "}}]")
    case .toolInput(let call):
      opening.append(contentsOf: #""tool_calls":[{"index":\#(call),"custom":{"input":"#.utf8)
      return (opening, "}}]")
    case .functionArguments:
      opening.append(contentsOf: #""function_call":{"arguments":"#.utf8)
      return (opening, "}")
    case .other: preconditionFailure("a text that comes whole is never held back")
    }
  }
}
