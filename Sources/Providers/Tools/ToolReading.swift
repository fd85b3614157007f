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
  /// What it is, where it is a number.
  private(set) var idNumber: Int?
  /// Whether there is a method, as requests and notices have one.
  private(set) var hasMethod = false
  /// Whether it is a notice that asks for nothing.
  private(set) var isNotice = false
  /// Whether there are parameters, as requests and notices have them.
  private(set) var hasParameters = false
  private(set) var isResult = false
  private(set) var isError = false
  /// Whether a result says that the call failed.
  private(set) var saysFailure = false
  /// Where a notice's progress token stands.
  private(set) var progressToken: Range<Int>?
  /// What it is, where it is a number.
  private(set) var progressNumber: Int?
  /// The strings and names that can carry text.
  private(set) var texts: [JSONToken] = []
  /// Where members stand that are one text each, as what they say is said by a name and a value together.
  private(set) var members: [Range<Int>] = []
  /// Where parts of the content stand that are no text, such as pictures.
  private(set) var unreadable: [Range<Int>] = []
  /// The list of tools: where it stands, and what is in it.
  private(set) var tools: (range: Range<Int>, elements: [Tool])?
  /// Where the list goes on.
  private(set) var cursor: JSONToken?

  /// Whether it is a result or an error.
  var isAnswer: Bool { isResult || isError }
  /// Whether it reports a failure.
  var isFailure: Bool { isError || saysFailure }

  private var readsWhole = false

  /// Reads a message; with `whole` each member is one text but for the texts of the content, and what is no text is told
  /// apart; else the strings and names are texts.
  init(
    _ message: Span<UInt8>, of method: ToolRequest.Method, whole: Bool = false
  ) throws(ProviderError) {
    var found = ToolReading()
    found.readsWhole = whole
    _ = try AnswerWalk.reading(message) { walk, text throws(JSONError) in
      while let name = try walk.name(text) {
        let value = try walk.token(text)
        switch walk.entry(name, in: ToolReading.fields, text) {
        case .version: try walk.skip(value, text)
        case .id where value.kind == .null: break
        case .id:
          found.idNumber = walk.integer(value, text)
          found.id = try walk.skipping(value, text)
        case .method:
          found.hasMethod = true
          found.isNotice = walk.string(value, text).utf8.starts(with: "notifications/".utf8)
          try walk.skip(value, text)
        case .result where method == .list && value.kind == .beginObject:
          found.isResult = true
          try found.list(&walk, text)
        case .result where value.kind == .beginObject:
          found.isResult = true
          try found.result(&walk, text)
        case .error where value.kind == .null: break
        case .result, .error:
          found.isError = true
          try found.take(name, value, &walk, text)
        case .parameters where value.kind == .beginObject:
          found.hasParameters = true
          try found.parameters(&walk, text)
        case .parameters, nil: try found.take(name, value, &walk, text)
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

  /// Takes every string and name of a value.
  private mutating func texts(
    of value: JSONToken, _ walk: inout AnswerWalk, _ text: Span<UInt8>
  ) throws(JSONError) {
    var token = value
    var open = 0
    while true {
      switch token.kind {
      case .string, .name: texts.append(token)
      case .beginObject, .beginArray: open += 1
      case .endObject, .endArray: open -= 1
      case .number, .true, .false, .null: break
      }
      if open == 0 { return }
      token = try walk.token(text)
    }
  }

  /// Takes a member: as one text, or every string and name of its value.
  private mutating func take(
    _ name: JSONToken, _ value: JSONToken, _ walk: inout AnswerWalk, _ text: Span<UInt8>
  ) throws(JSONError) {
    guard readsWhole else { return try texts(of: value, &walk, text) }
    try walk.skip(value, text)
    members.append(name.range.lowerBound - 1..<walk.offset)
  }

  private mutating func result(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      if walk.string(name, text) == "isError", value.kind == .true { saysFailure = true }
      if readsWhole, value.kind == .beginArray, walk.string(name, text) == "content" {
        try content(&walk, text)
      } else {
        try take(name, value, &walk, text)
      }
    }
  }

  /// Takes the parts of a content, of which those that say that they are text are.
  private mutating func content(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while true {
      let part = try walk.token(text)
      if part.kind == .endArray { return }
      let (known, taken) = (members.count, texts.count)
      var types: [String] = []
      let start = part.kind == .string ? part.range.lowerBound - 1 : part.range.lowerBound
      if part.kind == .beginObject {
        while let name = try walk.name(text) {
          let value = try walk.token(text)
          switch walk.string(name, text) {
          case "type":
            types.append(value.kind == .string ? walk.string(value, text) : "")
            try walk.skip(value, text)
          case "text" where value.kind == .string: texts.append(value)
          default: try take(name, value, &walk, text)
          }
        }
      } else {
        try walk.skip(part, text)
      }
      guard types != ["text"] else { continue }
      members.removeSubrange(known...)
      texts.removeSubrange(taken...)
      unreadable.append(start..<walk.offset)
    }
  }

  private mutating func parameters(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      guard walk.string(name, text) == "progressToken" else {
        try take(name, value, &walk, text)
        continue
      }
      progressNumber = walk.integer(value, text)
      progressToken = try walk.skipping(value, text)
    }
  }

  private mutating func list(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      guard walk.string(name, text) == "tools", value.kind == .beginArray else {
        if walk.string(name, text) == "nextCursor", value.kind == .string { cursor = value }
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

extension AnswerWalk {
  /// Passes over a value and all that is in it; returns where it stands, with its quotation marks.
  fileprivate mutating func skipping(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) -> Range<Int> {
    let start = token.kind == .string ? token.range.lowerBound - 1 : token.range.lowerBound
    try skip(token, text)
    return start..<offset
  }
}
