internal import Detection
internal import Bytes
internal import PHI

/// Searches one group of an answer for identifiers that nobody has given.
struct AnswerSearch: Sendable {
  let scanner: Scanner
  let given: GivenText
  /// Whether the answer is JSON text.
  let isJSON: Bool
  /// Whether what is found is replaced; else the answer ends before it.
  let redacts: Bool

  /// How much of the text before a group is looked at with it.
  static let contextLimit = 128

  /// What to put in the place of what is found in `range` of `passage`, and its numbers by kind.
  func edits(
    to passage: Passage, _ range: Range<Int>, in lexer: AnswerLexer, after context: [UInt8],
    remembering memory: inout DocumentMemory, counting counts: inout IdentifierCounts
  ) -> [Edit] {
    var text = Array(context.suffix(AnswerSearch.contextLimit))
    if text.count == AnswerSearch.contextLimit {
      let space = text.firstIndex(where: ASCII.isSpace) ?? text.firstIndex { $0 & 0xC0 != 0x80 } ?? text.count
      text.removeFirst(space)
    }
    let offset = range.lowerBound - text.count
    text.append(contentsOf: passage.bytes[range])
    let view = ReadableView(text, isJSON: isJSON)
    var edits: [Edit] = []
    for finding in scanner.findings(in: view.text, remembering: &memory) {
      let place = view.source(of: finding.range)
      let found = (place.lowerBound + offset..<place.upperBound + offset).clamped(to: range)
      for part in ownParts(of: found, as: finding.identifier, in: passage) {
        if given.contains(ReadableView(Array(passage.bytes[part]), isJSON: isJSON).text) { continue }
        counts[finding.identifier] += 1
        append(finding.identifier, at: part, of: passage, from: range, in: lexer, to: &edits)
      }
    }
    return edits
  }

  /// The parts of `range` that are the model's own.
  ///
  /// An address goes as a whole, with the tokens that were left in it.
  private func ownParts(of range: Range<Int>, as identifier: Identifier, in passage: Passage) -> [Range<Int>] {
    var others = passage.values
    if identifier != .url, identifier != .email {
      others = (others + passage.tokens).sorted { $0.lowerBound < $1.lowerBound }
    }
    var parts: [Range<Int>] = []
    var start = range.lowerBound
    for other in others where other.upperBound > start && other.lowerBound < range.upperBound {
      if other.lowerBound > start { parts.append(start..<other.lowerBound) }
      start = max(start, other.upperBound)
    }
    if start < range.upperBound { parts.append(start..<range.upperBound) }
    guard parts != [range] else { return parts }
    return parts.compactMap { part in
      var (lower, upper) = (part.lowerBound, part.upperBound)
      while lower < upper, !isWord(passage.bytes[lower]) { lower += 1 }
      while lower < upper, !isWord(passage.bytes[upper - 1]) { upper -= 1 }
      // What is left of a possessive or plural of a value is no identifier.
      return upper - lower > 1 ? lower..<upper : nil
    }
  }

  private func isWord(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte >= 0x80 }

  /// Appends the edit of one part; in JSON one for each string and number that it reaches into.
  private func append(
    _ identifier: Identifier, at part: Range<Int>, of passage: Passage, from group: Range<Int>, in lexer: AnswerLexer,
    to edits: inout [Edit]
  ) {
    let label = Array("[\(identifier.label)]".utf8)
    guard isJSON else { return edits.append(Edit(part, with: label)) }
    var lexer = lexer
    var run: (range: Range<Int>, isNumber: Bool)?
    for place in group {
      let wasInString = lexer.isInString
      _ = lexer.part(of: passage.bytes[place])
      let isNumber = !wasInString && isNumberByte(passage.bytes[place])
      let isText = wasInString && lexer.isInString && part.contains(place)
      if let open = run, open.isNumber ? isNumber : isText {
        run = (open.range.lowerBound..<place + 1, open.isNumber)
        continue
      }
      appendRun(run, label, over: part, to: &edits)
      run = isNumber || isText ? (place..<place + 1, isNumber) : nil
    }
    appendRun(run, label, over: part, to: &edits)
  }

  /// Appends the edit of a number, which goes as a whole and becomes a string, or of a part of a string.
  private func appendRun(
    _ run: (range: Range<Int>, isNumber: Bool)?, _ label: [UInt8], over part: Range<Int>, to edits: inout [Edit]
  ) {
    guard let run, run.range.overlaps(part), edits.last.map({ $0.range.upperBound <= run.range.lowerBound }) ?? true
    else { return }
    edits.append(Edit(run.range, with: run.isNumber ? [0x22] + label + [0x22] : label))
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || byte == 0x2D || byte == 0x2B || byte == 0x2E || byte | 0x20 == 0x65
  }
}
