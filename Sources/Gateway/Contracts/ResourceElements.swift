package import Bytes

/// Which elements of FHIR resources go to a vendor, by the types of the resources (45 CFR 164.514(d)).
///
/// A resource is any JSON object with a string as its member `resourceType`: in the fields of a request, in a text that holds
/// JSON, within another resource. Of a type that is not named nothing goes along but what type it is. A bundle is no resource of anybody's:
/// what it is there for are those in it.
package struct ResourceElements: Hashable, Sendable {
  private var types: [[UInt8]: FieldTree] = [:]

  /// What a resource cannot be read without.
  static let structural = Array("resourceType".utf8)

  /// What was left of the resources of a request.
  package struct Minimized: Hashable, Sendable {
    package var body: [UInt8]
    package var elements: ElementCounts
  }

  /// Reads the names of elements, such as `Patient.birthDate` and `Patient.name.family`.
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    insert(["Bundle", "entry", "resource"])
    for element in try node.elements() {
      let path = try element.text().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard path.count > 1, path.allSatisfy({ !$0.isEmpty }), path[0].first?.isUppercase == true else {
        throw element.error(.wrongForm(expected: "a type and an element, such as Patient.birthDate"))
      }
      insert(path)
    }
  }

  private mutating func insert(_ path: [String]) {
    types[Array(path[0].utf8), default: FieldTree()].insert(path.dropFirst())
  }

  /// The elements of a type.
  func elements(of type: [UInt8]) -> FieldTree { types[type] ?? FieldTree() }

  /// A body whose resources have only the elements that are named; nil when one may be in it that cannot be read.
  ///
  /// What is kept is kept byte for byte; a body of which nothing is dropped stays as it came.
  package func applied(to body: [UInt8]) throws(JSONError) -> Minimized? {
    var copy = ResourceCopy(self, level: 0, effort: 16 * body.count + 65_536)
    var cursor = try JSONCursor(body.span)
    try copy.take(cursor.token(in: body.span), &cursor, body.span)
    _ = try cursor.next(in: body.span)
    guard !copy.isUnread else { return nil }
    copy.finish(body.span)
    return Minimized(
      body: copy.dropped == 0 ? body : copy.output,
      elements: ElementCounts(shared: copy.shared, dropped: copy.dropped))
  }
}

/// How many elements of resources went along, and how many did not.
package struct ElementCounts: Hashable, Sendable {
  package var shared = 0
  package var dropped = 0

  package init(shared: Int = 0, dropped: Int = 0) { (self.shared, self.dropped) = (shared, dropped) }
}

/// A JSON text being copied without elements of its resources.
private struct ResourceCopy {
  private let elements: ResourceElements
  // How many texts it is in that hold JSON.
  private let level: Int
  // How many bytes may still be looked at in texts; what takes more is not read.
  private var effort: Int
  private(set) var output: [UInt8] = []
  // The byte up to which the text is in the output, or left out of it.
  private var copied = 0
  private(set) var shared = 0
  private(set) var dropped = 0
  private var resources = 0
  // Whether the walk is in what a tool or an answer has to look like, which says `resourceType` of a member.
  private var isSchema = false
  /// Whether there may be a resource that was not read.
  private(set) var isUnread = false

  private static let mostLevels = 4
  private static let schemas = Set(["tools", "functions", "response_format", "output_config"].map { Array($0.utf8) })

  init(_ elements: ResourceElements, level: Int, effort: Int) {
    (self.elements, self.level, self.effort) = (elements, level, effort)
  }

  /// Copies what is left.
  mutating func finish(_ text: Span<UInt8>) { flush(to: text.count, text) }

  /// Takes the value that begins with `token`, and looks for resources in it.
  mutating func take(_ token: JSONToken, _ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) {
    switch token.kind {
    case .beginObject:
      if let type = try Self.type(after: cursor, text) {
        if type.kind == .string {
          resources += 1
          let tree = elements.elements(of: Self.spelled(type, text))
          return try takeMembers(from: token, tree, isResource: true, &cursor, text)
        }
        isUnread = isUnread || !isSchema
      }
      try takeAll(&cursor, text)
    case .beginArray:
      while true {
        let element = try cursor.token(in: text)
        guard element.kind != .endArray else { return }
        try take(element, &cursor, text)
      }
    case .string: takeText(token, text)
    default: break
    }
  }

  /// Takes the members of an object that is no resource.
  private mutating func takeAll(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) {
    while true {
      let name = try cursor.token(in: text)
      guard name.kind == .name else { return }
      if level == 0, cursor.depth == 1 {
        isSchema = Self.schemas.contains(Self.spelled(name, text))
      } else if level > 0 {
        let spelled = Self.spelled(name, text)
        let isOther = spelled != ResourceElements.structural
        isUnread = isUnread || isOther && spelled.occurrences(of: ResourceElements.structural) > 0
      }
      let isFormat = level == 0 && isFormatOfText(name, cursor, text)
      if isFormat { isSchema = true }
      try take(cursor.token(in: text), &cursor, text)
      if isFormat { isSchema = false }
    }
  }

  /// Whether `name` is the member `format` of the member `text` of a request.
  private func isFormatOfText(_ name: JSONToken, _ cursor: JSONCursor, _ text: Span<UInt8>) -> Bool {
    guard cursor.depth == 2, case .name(let outer)? = cursor.path.first else { return false }
    return [UInt8](copying: text.extracting(outer)) == Array("text".utf8)
      && Self.spelled(name, text) == Array("format".utf8)
  }

  /// Copies those members of an object that `tree` names.
  private mutating func takeMembers(
    from start: JSONToken, _ tree: FieldTree, isResource: Bool, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    flush(to: start.range.lowerBound, text)
    output.append(0x7B)
    var isFirst = true
    while true {
      let name = try cursor.token(in: text)
      guard name.kind == .name else { break }
      let value = try cursor.token(in: text)
      let spelled = Self.spelled(name, text)
      let isType = isResource && spelled == ResourceElements.structural
      guard isType || tree[spelled].map({ $0.isWhole || value.isContainer }) == true else {
        try cursor.skip(value, in: text)
        dropped += 1
        continue
      }
      if !isFirst { output.append(0x2C) }
      (isFirst, copied) = (false, name.range.lowerBound - 1)
      if isType {
        try take(value, &cursor, text)
      } else if let field = tree[spelled] {
        try takeElement(value, field, &cursor, text)
      }
      flush(to: cursor.offset, text)
    }
    output.append(0x7D)
    copied = cursor.offset
  }

  /// Copies as much of an element as `tree` names.
  private mutating func takeElement(
    _ value: JSONToken, _ tree: FieldTree, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    if tree.isWhole {
      let known = resources
      try take(value, &cursor, text)
      // Of what holds resources only what these hold is counted.
      if resources == known { shared += 1 }
    } else if value.kind == .beginObject {
      try takeMembers(from: value, tree, isResource: false, &cursor, text)
    } else {
      flush(to: value.range.lowerBound, text)
      output.append(0x5B)
      var isFirst = true
      while true {
        let element = try cursor.token(in: text)
        guard element.kind != .endArray else { break }
        // A value that has no fields is none of those that are named.
        guard element.isContainer else {
          dropped += 1
          continue
        }
        if !isFirst { output.append(0x2C) }
        (isFirst, copied) = (false, element.range.lowerBound)
        try takeElement(element, tree, &cursor, text)
        flush(to: cursor.offset, text)
      }
      output.append(0x5D)
      copied = cursor.offset
    }
  }

  /// Takes a string, which may hold JSON with resources in it.
  private mutating func takeText(_ token: JSONToken, _ text: Span<UInt8>) {
    let content = Self.spelled(token, text)
    guard let limited = limited(content) else { return }
    flush(to: token.range.lowerBound, text)
    JSONString.escape(limited.span, into: &output)
    copied = token.range.upperBound
  }

  /// A text whose resources have only the elements that are named; nil where that is the text as it is.
  private mutating func limited(_ content: [UInt8]) -> [UInt8]? {
    guard !content.holdsMarkup else {
      isUnread = true
      return nil
    }
    // The word alone, as a schema requires it, says nothing; nor do words on it in a schema.
    guard content != ResourceElements.structural, !(isSchema && content.isProse) else { return nil }
    let mentions = content.occurrences(of: ResourceElements.structural)
    // An escape can spell it, too.
    guard mentions > 0 || content.contains(Array("\\u00".utf8)) else { return nil }
    guard level < Self.mostLevels else {
      isUnread = true
      return nil
    }
    var result: [UInt8] = []
    // Up to where the text is in the result, and up to where it has been read.
    var (place, done, taken) = (0, 0, 0)
    let droppedBefore = dropped
    while let open = content[place...].firstIndex(of: 0x7B), !isUnread {
      place = open + 1
      guard content.mayBeObject(at: open) else { continue }
      let end = content.endOfObject(at: open)
      effort -= (end ?? content.count) - open
      guard effort > 0 else {
        isUnread = true
        return nil
      }
      guard let end else { continue }
      let object = Array(content[open..<end])
      var nested = ResourceCopy(elements, level: level + 1, effort: effort)
      let isWhole = nested.takesWhole(object)
      effort = nested.effort
      isUnread = isUnread || nested.isUnread
      guard isWhole else { continue }
      (shared, dropped, resources) = (
        shared + nested.shared, dropped + nested.dropped, resources + nested.resources
      )
      isUnread = isUnread || Array(content[taken..<open]).speaksOfResources
      taken = end
      if nested.dropped > 0 {
        result += content[done..<open] + nested.output
        done = end
      }
      place = end
    }
    result += content[done...]
    // What is spoken of and is in none of them stands in something that is not read.
    isUnread = isUnread || Array(content[taken...]).speaksOfResources
    return dropped == droppedBefore ? nil : result
  }

  /// Takes a whole text of JSON; false when it is none.
  private mutating func takesWhole(_ object: [UInt8]) -> Bool {
    do throws(JSONError) {
      var cursor = try JSONCursor(object.span)
      try take(cursor.token(in: object.span), &cursor, object.span)
      _ = try cursor.next(in: object.span)
      finish(object.span)
      return true
    } catch {
      return false
    }
  }

  private mutating func flush(to end: Int, _ text: Span<UInt8>) {
    guard end > copied else { return }
    output.append(copying: text, copied..<end)
    copied = end
  }

  /// The value of `resourceType` among the members that come next; nil when there is none.
  private static func type(after cursor: JSONCursor, _ text: Span<UInt8>) throws(JSONError) -> JSONToken? {
    var ahead = cursor
    while true {
      let name = try ahead.token(in: text)
      guard name.kind == .name else { return nil }
      let value = try ahead.token(in: text)
      if spelled(name, text) == ResourceElements.structural { return value }
      try ahead.skip(value, in: text)
    }
  }

  private static func spelled(_ token: JSONToken, _ text: Span<UInt8>) -> [UInt8] {
    let bytes = text.extracting(token.range)
    guard token.isEscaped else { return [UInt8](copying: bytes) }
    var decoded: [UInt8] = []
    _ = JSONString.unescape(bytes, into: &decoded)
    return decoded
  }
}

extension JSONToken {
  fileprivate var isContainer: Bool { kind == .beginObject || kind == .beginArray }
}
