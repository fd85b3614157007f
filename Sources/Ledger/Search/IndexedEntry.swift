import Bytes
import Ciphers

/// What the search index keeps of an entry.
struct IndexedEntry {
  /// The values of the fields, by their place in `SearchField.allCases`; empty where there is none.
  var names = [[UInt8]](repeating: [], count: SearchField.allCases.count)
  /// When, in milliseconds; 0 in an entry without a readable time.
  var time: Int64 = 0
  /// The terms by which it is found, but those of its names.
  var terms: [UInt8] = []
  /// The people who acted or approved, besides the user.
  var people: [[UInt8]] = []
  var promptTokens: Int64 = 0
  var completionTokens: Int64 = 0
  /// How many identifiers were found, of all kinds.
  var identifiers: Int64 = 0

  /// Reads an entry's JSON.
  init(_ json: Span<UInt8>) {
    guard json.count > 2 else { return }
    var members = EntryMembers(in: 0..<json.count)
    while let member = members.next(in: json) {
      let value = json.extracting(member.value)
      if let field = SearchMember.fields.place(of: json.extracting(member.name)) {
        names[field] = [UInt8](copying: value)
        continue
      }
      switch SearchMember.others.place(of: json.extracting(member.name)).map({ SearchMember.Other.allCases[$0] }) {
      case nil: continue
      case .time: time = Timestamp(String(decoding: value))?.milliseconds ?? 0
      case .request: terms += IndexedEntry.term(request: value)
      case .tags: each(in: member.value, of: json) { terms += IndexedEntry.term(0x74, digest: $0) }
      case .parts: addSubjects(in: member.value, of: json)
      case .people: each(in: member.value, of: json) { people.append([UInt8](copying: $0)) }
      case .promptTokens: promptTokens = IndexedEntry.number(value)
      case .completionTokens: completionTokens = IndexedEntry.number(value)
      case .identifiers:
        var kinds = EntryMembers(in: member.value)
        while let kind = kinds.next(in: json) { identifiers &+= IndexedEntry.number(json.extracting(kind.value)) }
      }
    }
  }

  /// The term of a request.
  static func term(request: Span<UInt8>) -> [UInt8] {
    let digits = Array(Digest(hashing: request).description.utf8)
    return term(0x72, digest: digits.span)
  }

  /// The term of a tag or of a subject's tag, given by its hexadecimal digits: 96 of its bits.
  static func term(_ letter: UInt8, digest digits: Span<UInt8>) -> [UInt8] {
    var term = [letter]
    term.append(copying: digits, 0..<min(24, digits.count))
    term.append(0x20)
    return term
  }

  private mutating func addSubjects(in array: Range<Int>, of json: Span<UInt8>) {
    var parts = EntryMembers(in: array)
    while let part = parts.element(in: json) {
      var members = EntryMembers(in: part)
      guard let subject = members.next(in: json), subject.name.count == SearchMember.subject.count else { continue }
      let term = IndexedEntry.term(0x73, digest: json.extracting(subject.value))
      if !terms.suffix(term.count).elementsEqual(term) { terms += term }
    }
  }

  private func each(in array: Range<Int>, of json: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var elements = EntryMembers(in: array)
    while let element = elements.element(in: json) { body(json.extracting(element)) }
  }

  private static func number(_ digits: Span<UInt8>) -> Int64 {
    var number: Int64 = 0
    for index in digits.indices where ASCII.isDigit(digits[index]) {
      number = number &* 10 &+ Int64(digits[index] - 0x30)
    }
    return number
  }
}

/// The names of the members that are read, compared as bytes.
private struct SearchMember {
  enum Other: String, CaseIterable {
    case time, request, tags, parts, people, identifiers
    case promptTokens = "prompt_tokens"
    case completionTokens = "completion_tokens"
  }

  static let fields = SearchMember(SearchField.allCases.map(\.rawValue))
  static let others = SearchMember(Other.allCases.map(\.rawValue))
  static let subject = Array("subject".utf8)

  private let names: [[UInt8]]

  init(_ names: [String]) { self.names = names.map { Array($0.utf8) } }

  func place(of name: Span<UInt8>) -> Int? {
    for place in names.indices where names[place].count == name.count {
      if isEqual(names[place], name) { return place }
    }
    return nil
  }

  private func isEqual(_ one: [UInt8], _ other: Span<UInt8>) -> Bool {
    for index in one.indices where one[index] != other[index] { return false }
    return true
  }
}
