import Bytes

/// One walk over a message of a tool server.
struct ToolReading {
  /// A tool of a list.
  struct Tool {
    var name: String
    /// The object that describes it.
    var range: Range<Int>
  }

  /// Where `id` stands.
  private(set) var id: Range<Int>?
  /// Whether it is a result or an error.
  private(set) var isAnswer = false
  /// Whether it reports a failure: an error, or a result that says so.
  private(set) var isFailure = false
  /// Whether it is a notice that asks for nothing.
  private(set) var isNotice = false
  /// The strings that can carry text.
  private(set) var texts: [JSONToken] = []
  /// The list of tools: where it stands, and what is in it.
  private(set) var tools: (range: Range<Int>, elements: [Tool])?

  init(_ message: Span<UInt8>, of method: ToolRequest.Method) throws(ProviderError) {
    var found = ToolReading()
    _ = try AnswerWalk.reading(message) { walk, text throws(JSONError) in
      while let name = try walk.name(text) {
        let value = try walk.token(text)
        switch walk.entry(name, in: ToolReading.fields, text) {
        case .version: try walk.skip(value, text)
        case .id:
          if value.kind != .null { found.id = ToolReading.written(value) }
          try walk.skip(value, text)
        case .method:
          found.isNotice = walk.string(value, text).utf8.starts(with: "notifications/".utf8)
          try walk.skip(value, text)
        case .result where method == .list && value.kind == .beginObject:
          found.isAnswer = true
          try found.list(&walk, text)
        case .result where value.kind == .beginObject:
          found.isAnswer = true
          try found.result(&walk, text)
        case .result, .error:
          found.isAnswer = true
          found.isFailure = true
          try found.strings(of: value, &walk, text)
        case .parameters, nil: try found.strings(of: value, &walk, text)
        }
      }
    }
    self = found
  }

  private init() {}

  private enum Field { case version, id, method, result, error, parameters }

  private static let fields: [(StaticString, Field)] = [
    ("jsonrpc", .version), ("id", .id), ("method", .method), ("result", .result), ("error", .error),
    ("params", .parameters),
  ]

  /// The value with its quotation marks.
  private static func written(_ token: JSONToken) -> Range<Int> {
    token.kind == .string ? token.range.lowerBound - 1..<token.range.upperBound + 1 : token.range
  }

  private mutating func strings(
    of value: JSONToken, _ walk: inout AnswerWalk, _ text: Span<UInt8>
  ) throws(JSONError) {
    var found: [JSONToken] = []
    try walk.strings(of: value, text) { found.append($1) }
    texts += found
  }

  private mutating func result(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      if walk.string(name, text) == "isError", value.kind == .true { isFailure = true }
      try strings(of: value, &walk, text)
    }
  }

  private mutating func list(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      guard walk.string(name, text) == "tools", value.kind == .beginArray else {
        try walk.skip(value, text)
        continue
      }
      var elements: [Tool] = []
      while true {
        let element = try walk.token(text)
        if element.kind == .endArray { break }
        var tool = Tool(name: "", range: element.range)
        if element.kind == .beginObject {
          while let member = try walk.name(text) {
            let held = try walk.token(text)
            if walk.string(member, text) == "name", held.kind == .string { tool.name = walk.string(held, text) }
            try walk.skip(held, text)
          }
          tool.range = element.range.lowerBound..<walk.offset
        } else {
          try walk.skip(element, text)
        }
        elements.append(tool)
      }
      tools = (value.range.lowerBound..<walk.offset, elements)
    }
  }
}
