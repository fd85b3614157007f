import PHI

/// The forms of a site's numbers, as a tree of their characters: `TV-####-####`.
///
/// `#` is a digit, `@` a letter, `*` either; a letter stands for itself in any case, anything else for itself.
struct NumberForms: Sendable {
  private var children = HashTable<Int32>()
  private var ends: [Identifier?] = [nil]
  private var first = Array(repeating: false, count: 256)

  private static let digit: UInt64 = 256
  private static let letter: UInt64 = 257
  private static let either: UInt64 = 258

  /// Adds a line such as `MRN TV-####-####`.
  mutating func insert(_ line: [UInt8]) throws(SiteListsError.Code.Fault) {
    guard let space = line.firstIndex(of: 0x20), let form = line[space...].firstIndex(where: { $0 != 0x20 }) else {
      throw SiteListsError.Code.Fault(code: .noForm)
    }
    guard let kind = Identifier(label: String(decoding: line[..<space], as: UTF8.self)),
      NumberForms.kinds.contains(kind)
    else { throw SiteListsError.Code.Fault(code: .unknownKind(allowed: NumberForms.kinds.map(\.label))) }
    let symbols = line[form...].map(NumberForms.symbol)
    let characters = symbols.count { $0 > 255 || CharacterClass.isWord(UInt8($0)) }
    let digits = symbols.count { $0 == NumberForms.digit || $0 == NumberForms.either || $0 >= 0x30 && $0 <= 0x39 }
    guard characters >= 4, digits >= 2 else { throw SiteListsError.Code.Fault(code: .formTooShort) }
    insert(symbols, kind)
  }

  private mutating func insert(_ symbols: [UInt64], _ kind: Identifier) {
    var node: Int32 = 0
    for symbol in symbols {
      let key = NumberForms.key(node, symbol)
      if let child = children[key] {
        node = child
      } else {
        let child = Int32(ends.count)
        ends.append(nil)
        children[key] = child
        node = child
      }
    }
    if ends[Int(node)] == nil { ends[Int(node)] = kind }
    for byte in first.indices where NumberForms.matches(symbols[0], UInt8(byte)) { first[byte] = true }
  }

  /// Calls `body` with every number of a known form, the longest at each place, in order and apart from each other.
  func read(_ page: Page, _ body: (Identifier, Range<Int>) -> Void) {
    guard ends.count > 1 else { return }
    var end = 0
    for word in page.words where Int(word.start) >= end && first[Int(page.bytes[Int(word.start)])] {
      guard let (kind, range) = longest(at: Int(word.start), page) else { continue }
      body(kind, range)
      end = range.upperBound
    }
  }

  private func longest(at start: Int, _ page: Page) -> (Identifier, Range<Int>)? {
    guard !isJoined(start, page) else { return nil }
    var nodes: [Int32] = [0]
    var place = start
    var best: (Identifier, Range<Int>)?
    while place < page.bytes.count, !nodes.isEmpty {
      let byte = CharacterClass.lowercased(page.bytes[place])
      nodes = nodes.flatMap { node in
        NumberForms.symbols(of: byte).compactMap { children[NumberForms.key(node, $0)] }
      }
      place += 1
      if let kind = nodes.lazy.compactMap({ ends[Int($0)] }).first, isEnd(place, page) { best = (kind, start..<place) }
    }
    return best
  }

  /// Whether more of a number stands before `start`.
  private func isJoined(_ start: Int, _ page: Page) -> Bool {
    guard start > 0 else { return false }
    let before = page.bytes[start - 1]
    if CharacterClass.isWord(before) { return true }
    return (before == 0x2D || before == 0x2E || before == 0x2F) && start > 1
      && CharacterClass.isDigit(page.bytes[start - 2])
  }

  /// Whether a number may end before `place`.
  private func isEnd(_ place: Int, _ page: Page) -> Bool {
    let next = page.byte(at: place)
    if CharacterClass.isWord(next) { return false }
    return !((next == 0x2D || next == 0x2F || next == 0x2E) && CharacterClass.isDigit(page.byte(at: place + 1)))
  }

  private static func symbol(_ byte: UInt8) -> UInt64 {
    switch byte {
    case 0x23: digit
    case 0x40: letter
    case 0x2A: either
    default: UInt64(CharacterClass.lowercased(byte))
    }
  }

  private static func symbols(of byte: UInt8) -> [UInt64] {
    if CharacterClass.isDigit(byte) { return [UInt64(byte), digit, either] }
    if CharacterClass.isLetter(byte) { return [UInt64(byte), letter, either] }
    return [UInt64(byte)]
  }

  private static func matches(_ symbol: UInt64, _ byte: UInt8) -> Bool {
    symbols(of: CharacterClass.lowercased(byte)).contains(symbol)
  }

  private static func key(_ node: Int32, _ symbol: UInt64) -> UInt64 {
    (UInt64(node) << 9 | symbol) &* 0x9E37_79B9_7F4A_7C15
  }

  private static let kinds: [Identifier] = [
    .medicalRecordNumber, .socialSecurityNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device,
    .biometric, .otherNumber,
  ]
}
