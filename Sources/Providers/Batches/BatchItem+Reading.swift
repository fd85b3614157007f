import Bytes

extension BatchItem {
  /// The requests of a file for OpenAI's batches: JSONL with `custom_id`, `method`, `url` and `body` in each line.
  ///
  /// All ask for one thing of one address, as OpenAI has it.
  package static func items(ofLines text: [UInt8]) throws(BatchError) -> [BatchItem] {
    let lines = JSONLines(text.span).lines
    guard !lines.isEmpty else { throw BatchError(.empty, nil, in: .openAI) }
    let most = mostItems(in: .openAI)
    guard lines.count <= most else { throw BatchError(.tooMany(most), nil, in: .openAI) }
    var items: [BatchItem] = []
    items.reserveCapacity(lines.count)
    var seen: Set<[UInt8]> = []
    for line in lines {
      let item = try item(ofLine: Array(text[line.range]), line.number)
      guard seen.insert(item.customID).inserted else { throw BatchError(.repeatedID, line.number, in: .openAI) }
      guard items.first.map({ $0.operation == item.operation }) != false else {
        throw BatchError(.otherAddress, line.number, in: .openAI)
      }
      items.append(item)
    }
    return items
  }

  private static func item(ofLine line: [UInt8], _ number: Int) throws(BatchError) -> BatchItem {
    let members = try BatchMembers(line, number, of: ["custom_id", "method", "url", "body"], in: .openAI)
    guard try members.string("method") == Array("POST".utf8) else { throw BatchError(.method, number, in: .openAI) }
    let address = String(decoding: try members.string("url"), as: UTF8.self)
    let operation = Operation.allCases.first { $0.isBatched && ($0.path == address || $0.endpoint == address) }
    guard let operation, operation.dialect == .openAI else { throw BatchError(.address, number, in: .openAI) }
    return BatchItem(
      number: number, customID: try members.customID(), operation: operation, body: try members.object("body"))
  }

  /// The requests of a body for Anthropic's batches: the list `requests`, with `custom_id` and `params` in each element.
  package static func items(ofBody body: [UInt8]) throws(BatchError) -> [BatchItem] {
    let whole = try BatchMembers(body, nil, of: ["requests"], in: .anthropic)
    guard let list = whole["requests"], list.kind == .beginArray else {
      throw BatchError(.member("requests"), nil, in: .anthropic)
    }
    let elements = try elements(of: list.range, in: body)
    guard !elements.isEmpty else { throw BatchError(.empty, nil, in: .anthropic) }
    var items: [BatchItem] = []
    items.reserveCapacity(elements.count)
    var seen: Set<[UInt8]> = []
    for (place, range) in elements.enumerated() {
      let members = try BatchMembers(Array(body[range]), place + 1, of: ["custom_id", "params"], in: .anthropic)
      let item = BatchItem(
        number: place + 1, customID: try members.customID(), operation: .messages, body: try members.object("params"))
      guard seen.insert(item.customID).inserted else { throw BatchError(.repeatedID, place + 1, in: .anthropic) }
      items.append(item)
    }
    return items
  }

  private static func elements(of list: Range<Int>, in body: [UInt8]) throws(BatchError) -> [Range<Int>] {
    let most = mostItems(in: .anthropic)
    let text = Array(body[list])
    do throws(JSONError) {
      var cursor = try JSONCursor(text.span)
      _ = try cursor.token(in: text.span)
      var elements: [Range<Int>] = []
      while true {
        let element = try cursor.token(in: text.span)
        if element.kind == .endArray { return elements }
        try cursor.skip(element, in: text.span)
        elements.append(list.lowerBound + element.start..<list.lowerBound + cursor.offset)
        guard elements.count <= most else { break }
      }
    } catch {
      throw BatchError(.malformedJSON(error), nil, in: .anthropic)
    }
    throw BatchError(.tooMany(most), nil, in: .anthropic)
  }

  /// What goes to the vendor for a request that stood at a place, with a body that is safe: a line of OpenAI's files, or an
  /// element of Anthropic's list.
  package func written(at place: Int, saying safe: [UInt8], into output: inout [UInt8]) {
    output += Array(#"{"custom_id":"\#(Self.name(of: place))","#.utf8)
    switch operation.dialect {
    case .openAI: output += Array(#""method":"POST","url":"\#(operation.path)","body":"#.utf8)
    case .anthropic: output += Array(#""params":"#.utf8)
    }
    output += safe
    output.append(0x7D)
  }
}

extension Operation {
  /// Whether there are batches of it.
  package var isBatched: Bool {
    switch self {
    case .chatCompletions, .completions, .responses, .embeddings, .moderations, .messages: true
    case .countTokens: false
    }
  }
}

extension JSONToken {
  /// Where it begins, its quote included.
  fileprivate var start: Int { kind == .string || kind == .name ? range.lowerBound - 1 : range.lowerBound }
}

/// The members of one object of a batch, none of which is another than it may have.
private struct BatchMembers {
  /// A value: what it begins with, and where all of it stands.
  struct Value {
    var kind: JSONToken.Kind
    var range: Range<Int>
  }

  private let text: [UInt8]
  private let number: Int?
  private let dialect: Operation.Dialect
  private var values: [String: Value] = [:]

  subscript(name: String) -> Value? { values[name] }

  init(_ text: [UInt8], _ number: Int?, of names: [String], in dialect: Operation.Dialect) throws(BatchError) {
    self.text = text
    self.number = number
    self.dialect = dialect
    let known: Bool
    do throws(JSONError) {
      known = try values.read(text.span, names)
    } catch {
      throw BatchError(.malformedJSON(error), number, in: dialect)
    }
    guard known else { throw BatchError(.surplusMember, number, in: dialect) }
    for name in names where values[name] == nil { throw BatchError(.member(name), number, in: dialect) }
  }

  func string(_ name: String) throws(BatchError) -> [UInt8] {
    guard let value = values[name], value.kind == .string, let text = try? JSONValue(parsing: Array(text[value.range])),
      let string = text.string
    else { throw BatchError(.member(name), number, in: dialect) }
    return Array(string.utf8)
  }

  func customID() throws(BatchError) -> [UInt8] {
    let id = try string("custom_id")
    guard (1...BatchItem.longestID).contains(id.count) else {
      throw BatchError(.member("custom_id"), number, in: dialect)
    }
    return id
  }

  func object(_ name: String) throws(BatchError) -> [UInt8] {
    guard let value = values[name], value.kind == .beginObject else {
      throw BatchError(.member(name), number, in: dialect)
    }
    return Array(text[value.range])
  }
}

extension [String: BatchMembers.Value] {
  /// Takes in the members of the object that `text` is; false when one has none of the names, or it is no object.
  fileprivate mutating func read(_ text: Span<UInt8>, _ names: [String]) throws(JSONError) -> Bool {
    var cursor = try JSONCursor(text)
    var areKnown = true
    let first = try cursor.token(in: text)
    guard first.kind == .beginObject else {
      try cursor.skip(first, in: text)
      _ = try cursor.next(in: text)
      return true
    }
    while true {
      let name = try cursor.token(in: text)
      guard name.kind == .name else { break }
      let value = try cursor.token(in: text)
      try cursor.skip(value, in: text)
      let spelt = String(decoding: name.text(in: text), as: UTF8.self)
      if names.contains(spelt) {
        self[spelt] = BatchMembers.Value(kind: value.kind, range: value.start..<cursor.offset)
      } else {
        areKnown = false
      }
    }
    _ = try cursor.next(in: text)
    return areKnown
  }
}
