/// The names that the objects open in a walk have so far.
struct MemberNames: Sendable {
  private struct Name {
    var hash: UInt64
    var token: JSONToken
  }

  /// How many names of one object are compared one by one; more go into a set, lest a large object take quadratic time.
  private static let fewNames = 16

  private var names: [Name] = []
  private var starts: [Int] = []
  private var sets: [Int: Set<[UInt8]>] = [:]

  mutating func openObject() { starts.append(names.count) }

  mutating func closeObject() {
    guard let start = starts.popLast() else { return }
    names.removeSubrange(start...)
    if !sets.isEmpty { sets[starts.count] = nil }
  }

  /// Takes a name into the innermost object; false when it is there already.
  mutating func insert(_ token: JSONToken, in text: Span<UInt8>) throws(JSONError) -> Bool {
    let start = starts[starts.count - 1]
    if names.count - start >= MemberNames.fewNames { return try insertIntoSet(token, in: text, from: start) }
    let hash = try hash(of: token, in: text)
    for name in names[start...] where name.hash == hash {
      if try isEqual(name.token, token, in: text) { return false }
    }
    names.append(Name(hash: hash, token: token))
    return true
  }

  private mutating func insertIntoSet(
    _ token: JSONToken, in text: Span<UInt8>, from start: Int
  ) throws(JSONError) -> Bool {
    let level = starts.count - 1
    if sets[level] == nil {
      var set: Set<[UInt8]> = []
      for name in names[start...] { set.insert(try decoded(name.token, in: text)) }
      sets[level] = set
    }
    return try sets[level, default: []].insert(decoded(token, in: text)).inserted
  }

  private func decoded(_ token: JSONToken, in text: Span<UInt8>) throws(JSONError) -> [UInt8] {
    guard token.isEscaped else { return [UInt8](copying: text.extracting(token.range)) }
    var name: [UInt8] = []
    guard JSONString.unescape(text.extracting(token.range), into: &name) else {
      throw JSONError(.loneSurrogate, at: token.range.lowerBound)
    }
    return name
  }

  private func isEqual(_ one: JSONToken, _ other: JSONToken, in text: Span<UInt8>) throws(JSONError) -> Bool {
    let name = try decoded(one, in: text)
    let otherName = try decoded(other, in: text)
    return name == otherName
  }

  private func hash(of token: JSONToken, in text: Span<UInt8>) throws(JSONError) -> UInt64 {
    guard token.isEscaped else { return hash(text.extracting(token.range)) }
    let name = try decoded(token, in: text)
    return hash(name.span)
  }

  /// FNV-1a; equal hashes are followed by a comparison, so a collision costs time for sixteen names at most.
  private func hash(_ name: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in name.indices { hash = (hash ^ UInt64(name[index])) &* 0x0100_0000_01B3 }
    return hash
  }
}
