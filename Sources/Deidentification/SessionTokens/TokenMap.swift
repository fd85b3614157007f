internal import Bytes
internal import PHI

/// What each session token of one conversation stands for.
///
/// It lives in memory for one request; where a vendor keeps a conversation, its `TokenMemory` is sealed for the next one.
/// It prints nothing of what it holds.
package struct TokenMap: Sendable {
  private var values: [UInt8] = []
  private var entries: [Entry] = []
  private var places: [UInt64: Int32] = [:]
  private(set) var kinds: IdentifierSet = []

  private struct Entry {
    var check: UInt16
    var isWithdrawn: Bool
    var range: Range<Int>
  }

  /// A map that knows no token.
  package init() {}

  /// How many tokens it knows.
  package var count: Int { entries.count }

  /// Appends what `token` stands for to `output`; false when the map does not know it.
  package func append(valueOf token: SessionToken, to output: inout [UInt8]) -> Bool {
    guard let range = range(of: token) else { return false }
    output.append(copying: values.span, range)
    return true
  }

  /// What `token` stands for; nil when the map does not know it.
  package func value(of token: SessionToken) -> [UInt8]? {
    range(of: token).map { Array(values[$0]) }
  }

  /// Where the value of `token` lies in the map's own memory.
  func range(of token: SessionToken) -> Range<Int>? {
    guard let place = places[token.key] else { return nil }
    let entry = entries[Int(place)]
    return entry.check == token.check && !entry.isWithdrawn ? entry.range : nil
  }

  /// Calls `body` with the bytes of a value.
  func withValue<Result>(at range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
    body(values.span.extracting(range))
  }

  /// Calls `body` with every value.
  func eachValue(_ body: (Span<UInt8>) -> Void) {
    for entry in entries { body(values.span.extracting(entry.range)) }
  }

  /// Calls `body` with every token, in the order in which they were given, with what it stands for and whether it is
  /// withdrawn.
  func eachToken(_ body: (SessionToken, Span<UInt8>, Bool) -> Void) {
    for (key, place) in places.sorted(by: { $0.value < $1.value }) {
      let entry = entries[Int(place)]
      guard let token = SessionToken(key: key, check: entry.check) else { continue }
      body(token, values.span.extracting(entry.range), entry.isWithdrawn)
    }
  }

  /// Whether the value at `range` is `bytes`.
  func isValue(at range: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    guard range.count == bytes.count else { return false }
    for place in bytes.indices where values[range.lowerBound + place] != bytes[place] { return false }
    return true
  }

  /// Remembers that `token` stands for `value`, and says where it keeps it.
  mutating func add(_ token: SessionToken, standingFor value: Span<UInt8>) -> Range<Int> {
    let range = values.count..<values.count + value.count
    values.append(copying: value)
    places[token.key] = Int32(entries.count)
    entries.append(Entry(check: token.check, isWithdrawn: false, range: range))
    kinds.insert(token.identifier)
    return range
  }

  /// Never resolves this token again: the text itself holds what reads like it.
  mutating func withdraw(_ identifier: Identifier, index: UInt32, form: UInt32) {
    guard let place = places[SessionToken.key(identifier, index, form)] else { return }
    entries[Int(place)].isWithdrawn = true
  }
}

extension TokenMap: CustomStringConvertible, CustomReflectable {
  /// How many tokens, nothing else.
  package var description: String { "TokenMap of \(count) tokens" }
  /// How many tokens, nothing else.
  package var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
