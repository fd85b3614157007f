package import Bytes

/// What of a request a use case collects, shares with its vendor, and has the log retain (45 CFR 164.502(b)).
///
/// What is outside of it is dropped before anything else looks at the request: it is neither sent nor kept, and counted.
package struct DataContract: Hashable, Sendable {
  /// The fields of a request's body that go to the vendor, by their names from the outside in.
  package var shared: FieldTree
  /// The elements of FHIR resources that go along; nil where what the fields hold goes whole.
  package var elements: ResourceElements?
  /// Whom the log keeps, sealed, as the one whom a request is about or for whom it is made.
  package var retained: Set<RequestParties.Side>

  /// What a request cannot be carried without.
  static let structural = ["model", "stream"]
}

/// Names of fields and of fields within them; positions in lists do not count.
package struct FieldTree: Hashable, Sendable {
  /// Whether all of it is named, whatever it holds.
  package private(set) var isWhole = false
  // By the bytes of their names: two spellings that look alike are two fields.
  private var fields: [[UInt8]: FieldTree] = [:]

  /// No field.
  package init() {}

  /// The field with this name; nil when it is not named.
  subscript(name: [UInt8]) -> FieldTree? { fields[name] }

  /// Takes in the field at a path.
  package mutating func insert(_ path: some Collection<String>) {
    guard let name = path.first else {
      isWhole = true
      return
    }
    fields[Array(name.utf8), default: FieldTree()].insert(path.dropFirst())
  }
}

extension DataContract {
  /// Reads the contract of a use case.
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("shares", "retains", "fhir")
    shared = FieldTree()
    for name in Self.structural { shared.insert([name]) }
    for field in try members.required("shares").elements() {
      let path = try field.text().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard path.allSatisfy({ !$0.isEmpty }) else {
        throw field.error(.wrongForm(expected: "a field's name, or names with dots between them such as metadata.unit"))
      }
      shared.insert(path)
    }
    elements = try members["fhir"].map { node throws(ConfigurationError) in try ResourceElements(node) }
    retained = []
    for side in try members.required("retains").elements() {
      guard let named = RequestParties.Side(rawValue: try side.text()) else {
        throw side.error(.wrongForm(expected: "`patient` or `user`"))
      }
      retained.insert(named)
    }
  }

  /// A body without the fields that the contract does not name, and how many were dropped.
  ///
  /// What is kept is kept byte for byte; a body of which nothing is dropped stays as it came.
  package func applied(to body: [UInt8]) throws(JSONError) -> (body: [UInt8], dropped: Int) {
    var copy = FieldCopy()
    var cursor = try JSONCursor(body.span)
    try copy.take(cursor.token(in: body.span), shared, &cursor, body.span)
    _ = try cursor.next(in: body.span)
    return copy.dropped == 0 ? (body, 0) : (copy.output, copy.dropped)
  }

  /// The parties that the log keeps, and how many were dropped.
  func applied(to parties: RequestParties) -> (parties: RequestParties, dropped: Int) {
    var (kept, dropped) = (parties, 0)
    for side in RequestParties.Side.allCases where !retained.contains(side) && parties.names(side) {
      dropped += 1
      switch side {
      case .patient: kept.patient = nil
      case .user: kept.user = nil
      }
    }
    return (kept, dropped)
  }
}

/// A JSON text being copied without some of its members.
private struct FieldCopy {
  private(set) var output: [UInt8] = []
  private(set) var dropped = 0

  /// Copies the value that begins with `token`, as far as `tree` names it.
  mutating func take(
    _ token: JSONToken, _ tree: FieldTree, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    switch token.kind {
    case .beginObject where !tree.isWhole: try takeObject(tree, &cursor, text)
    case .beginArray where !tree.isWhole: try takeArray(tree, &cursor, text)
    default:
      let start = Self.start(of: token)
      try cursor.skip(token, in: text)
      output.append(copying: text, start..<cursor.offset)
    }
  }

  private mutating func takeObject(
    _ tree: FieldTree, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    output.append(0x7B)
    var isFirst = true
    while true {
      let name = try cursor.token(in: text)
      guard name.kind == .name else { break }
      let end = cursor.offset
      let value = try cursor.token(in: text)
      guard let field = tree[try Self.spelled(name, text)], field.isWhole || Self.isContainer(value) else {
        try cursor.skip(value, in: text)
        dropped += 1
        continue
      }
      if !isFirst { output.append(0x2C) }
      isFirst = false
      output.append(copying: text, Self.start(of: name)..<end)
      try take(value, field, &cursor, text)
    }
    output.append(0x7D)
  }

  private mutating func takeArray(
    _ tree: FieldTree, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    output.append(0x5B)
    var isFirst = true
    while true {
      let element = try cursor.token(in: text)
      guard element.kind != .endArray else { break }
      // A value that has no fields is none of those that are named.
      guard Self.isContainer(element) else {
        dropped += 1
        continue
      }
      if !isFirst { output.append(0x2C) }
      isFirst = false
      try take(element, tree, &cursor, text)
    }
    output.append(0x5D)
  }

  private static func isContainer(_ token: JSONToken) -> Bool {
    token.kind == .beginObject || token.kind == .beginArray
  }

  /// Where a token begins, its quote included.
  private static func start(of token: JSONToken) -> Int {
    token.kind == .string || token.kind == .name ? token.range.lowerBound - 1 : token.range.lowerBound
  }

  private static func spelled(_ name: JSONToken, _ text: Span<UInt8>) throws(JSONError) -> [UInt8] {
    let bytes = text.extracting(name.range)
    guard name.isEscaped else { return [UInt8](copying: bytes) }
    var decoded: [UInt8] = []
    guard JSONString.unescape(bytes, into: &decoded) else {
      throw JSONError(.loneSurrogate, at: name.range.lowerBound)
    }
    return decoded
  }
}
