internal import Bytes
internal import PHI

/// Puts back what session tokens stand for, in an answer that arrives in pieces cut anywhere.
///
/// The pieces' outputs, joined, are the same however the answer was cut. Held back is only a suffix that may be the
/// beginning of a token that the map could know. Inside links nothing is put back (`LinkWatch`): a program that follows
/// a link would carry the value away.
package struct Restorer: Sendable {
  /// How restored values are written.
  package enum Escaping: Sendable {
    /// As they are.
    case none
    /// Escaped for the inside of a JSON string: the answer is JSON text for a program, such as a tool's arguments.
    case json
    /// The same, but people may be shown the JSON as it stands.
    case shownJSON

    var isJSON: Bool { self != .none }
  }

  /// How many tokens of each kind have been restored.
  package private(set) var restored = IdentifierCounts()
  private let map: TokenMap
  private let revealed: IdentifierSet
  /// The kinds whose tokens are looked for.
  private let wanted: IdentifierSet
  private let marksTokens: Bool
  private let escaping: Escaping
  private let fillsLinks: Bool
  private var links: LinkWatch
  private var held: [UInt8] = []
  /// The byte before the first that is held.
  private var previous: UInt8 = 0x0A

  /// A restorer of the tokens of `map`; kinds that are not `revealing` stay tokens.
  ///
  /// One that fills links, too, is for a text that is looked at and shown to nobody.
  package init(
    _ map: TokenMap, revealing: IdentifierSet = .all, escaping: Escaping = .none, fillingLinks: Bool = false
  ) {
    self.init(map, revealing: revealing, escaping: escaping, marksTokens: false, fillingLinks: fillingLinks)
  }

  /// A restorer that says where tokens stay, of whatever kind and whoever's.
  init(
    _ map: TokenMap, revealing: IdentifierSet, escaping: Escaping, marksTokens: Bool, fillingLinks: Bool = false
  ) {
    self.map = map
    revealed = revealing.intersection(map.kinds)
    self.marksTokens = marksTokens
    wanted = marksTokens ? .all : revealed
    self.escaping = escaping
    fillsLinks = fillingLinks
    links = LinkWatch(isJSON: escaping.isJSON, isShown: escaping != .json)
  }

  /// What a text that a reader's program may put right after this one has to know of it.
  package var trail: LinkWatch {
    var links = links
    for byte in held { links.see(byte) }
    return links
  }

  /// Goes on from another text of the same kind; nothing of this one may have come.
  package mutating func follow(_ trail: LinkWatch) { links.follow(trail) }

  /// Takes the next piece of the answer and appends what can be released.
  package mutating func push(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
    guard !wanted.isEmpty else { return output.append(copying: bytes) }
    var passage = Passage()
    push(bytes, into: &passage)
    output.append(contentsOf: passage.bytes)
  }

  /// Takes the next piece of the answer and returns what can be released.
  package mutating func push(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    push(bytes.span, into: &output)
    return output
  }

  /// Releases what is held back: the answer is over.
  package mutating func finish(into output: inout [UInt8]) {
    var passage = Passage()
    finish(into: &passage)
    output.append(contentsOf: passage.bytes)
  }

  /// Releases what is held back: the answer is over.
  package mutating func finish() -> [UInt8] {
    var output: [UInt8] = []
    finish(into: &output)
    return output
  }

  mutating func push(_ bytes: Span<UInt8>, into passage: inout Passage) {
    if held.isEmpty {
      let end = restore(bytes, isLast: false, into: &passage)
      held.append(copying: bytes, end..<bytes.count)
    } else {
      held.append(copying: bytes)
      let piece = held
      held.removeFirst(restore(piece.span, isLast: false, into: &passage))
    }
  }

  mutating func finish(into passage: inout Passage) {
    let piece = held
    held.removeAll()
    _ = restore(piece.span, isLast: true, into: &passage)
  }

  /// Appends `bytes` with their tokens restored, up to the offset that it returns.
  private mutating func restore(_ bytes: Span<UInt8>, isLast: Bool, into passage: inout Passage) -> Int {
    let beginnings = TokenGrammar.beginnings
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if beginnings.mayBegin(at: place, in: bytes) {
        switch TokenReading(at: place, after: previous, in: bytes, of: wanted) {
        case .token(let token, let end, let isStrict):
          if let value = map.range(of: token) {
            put(token, standingFor: value, from: bytes, place..<end, into: &passage)
            previous = bytes[end - 1]
            place = end
            continue
          }
          if marksTokens, isStrict, token.index <= Restorer.largestForeignIndex {
            passage.tokens.append(passage.bytes.count..<passage.bytes.count + end - place)
          }
        case .beginning: if !isLast { return place }
        case .nothing: break
        }
      }
      links.see(byte)
      passage.bytes.append(byte)
      previous = byte
      place += 1
    }
    return place
  }

  /// Appends the value of a token, or the token itself when it is to stay.
  private mutating func put(
    _ token: SessionToken, standingFor value: Range<Int>, from bytes: Span<UInt8>, _ range: Range<Int>,
    into passage: inout Passage
  ) {
    let start = passage.bytes.count
    if revealed.contains(token.identifier), fillsLinks || !links.isInside {
      map.withValue(at: value) { value in
        switch escaping {
        case .none: passage.bytes.append(copying: value)
        case .json, .shownJSON: JSONString.escape(value, into: &passage.bytes)
        }
      }
      restored[token.identifier] += 1
      passage.values.append(start..<passage.bytes.count)
    } else {
      passage.bytes.append(copying: bytes, range)
      passage.tokens.append(start..<passage.bytes.count)
    }
    for place in start..<passage.bytes.count { links.see(passage.bytes[place]) }
  }

  /// What reads like somebody else's token with a larger number may be a number that a model made up.
  private static let largestForeignIndex = 9_999
}
