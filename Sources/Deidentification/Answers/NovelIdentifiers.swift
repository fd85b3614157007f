internal import Detection
internal import Bytes
internal import PHI

/// Finds what a model says of its own that identifies somebody, in an answer that comes in pieces cut anywhere.
///
/// The text itself says where it is searched. What no identifier can begin in is let go at once (`Onset`). From the
/// first stretch in which one may begin, the text is kept until its line ends, a sentence ends in an ordinary word,
/// `quietLimit` ordinary words have come, or it has become `groupLimit` bytes long; that group is then searched with
/// what came before as its context. So what is released depends on the text alone, never on the pieces it came in.
struct NovelIdentifiers: Sendable {
  private let search: AnswerSearch
  private var pending = Passage()
  private var lexer: AnswerLexer
  private var memory = DocumentMemory()
  /// The text before `pending`, as much as is ever looked at.
  private var context: [UInt8] = []
  /// How far the bytes of `pending` have been looked at.
  private var seen = 0
  /// Where the stretch begins that has not ended yet, and the lexer there.
  private var chunk: Start?
  /// Where the group begins that is being kept, and the lexer there.
  private var group: Start?
  private var quiet = 0
  private var beginsSentence = true

  private struct Start {
    var place: Int
    var lexer: AnswerLexer
  }

  /// How many ordinary words end a group.
  static let quietLimit = 4
  private static let groupLimit = 384
  private static let chunkLimit = 1_024

  init(_ search: AnswerSearch) {
    self.search = search
    lexer = AnswerLexer(isJSON: search.isJSON)
  }

  /// The end of what has come, as much as a text after it is searched with.
  var trail: [UInt8] { (context + pending.bytes).suffix(AnswerSearch.contextLimit) }

  /// Goes on from a text that ended so.
  mutating func follow(_ trail: [UInt8]) { context = trail }

  /// Takes the next piece and appends what can be released; false when it is to be released no more.
  mutating func push(
    _ passage: Passage, isLast: Bool, counting counts: inout IdentifierCounts, into output: inout [UInt8]
  ) -> Bool {
    pending.append(passage)
    var released = 0
    while seen < pending.bytes.count {
      let place = seen
      let before = lexer
      let byte = pending.bytes[place]
      if let chunk, place - chunk.place >= NovelIdentifiers.chunkLimit, byte & 0xC0 != 0x80, !before.isInEscape {
        guard endChunk(at: place, counting: &counts, &released, into: &output) else { return false }
      }
      let part = lexer.part(of: byte)
      seen += 1
      switch part {
      case .inside:
        if chunk == nil { chunk = Start(place: place, lexer: before) }
      case .space(let length):
        guard endChunk(at: seen - length, counting: &counts, &released, into: &output) else { return false }
      case .newline(let length):
        let end = seen - length
        guard endChunk(at: end, counting: &counts, &released, into: &output),
          endGroup(at: end, counting: &counts, &released, into: &output)
        else { return false }
        beginsSentence = true
      case .comma:
        guard endChunk(at: place, counting: &counts, &released, into: &output),
          endGroup(at: place, counting: &counts, &released, into: &output)
        else { return false }
        beginsSentence = true
      }
    }
    if isLast {
      let end = pending.bytes.count
      guard endChunk(at: end, counting: &counts, &released, into: &output),
        endGroup(at: end, counting: &counts, &released, into: &output)
      else { return false }
    }
    release(to: group?.place ?? chunk?.place ?? pending.bytes.count, &released, into: &output)
    forget(released)
    return true
  }

  /// Ends the stretch under way and says what it does to the group; the stretch may be empty.
  private mutating func endChunk(
    at end: Int, counting counts: inout IdentifierCounts, _ released: inout Int, into output: inout [UInt8]
  ) -> Bool {
    guard let start = chunk else { return true }
    chunk = nil
    guard start.place < end, !pending.isValue(start.place..<end) else { return true }
    let stretch = read(start.place..<end)
    beginsSentence = stretch.endsSentence
    if stretch.isOnset {
      if group == nil { group = start }
      quiet = 0
    } else {
      quiet += 1
    }
    guard let group else { return true }
    let isEnd = !stretch.isOnset && (quiet >= NovelIdentifiers.quietLimit || stretch.isLastOfSentence)
    guard isEnd || end - group.place >= NovelIdentifiers.groupLimit else { return true }
    return endGroup(at: end, counting: &counts, &released, into: &output)
  }

  private struct Stretch {
    /// Whether an identifier may begin in it.
    var isOnset: Bool
    /// Whether a sentence may begin after it.
    var endsSentence: Bool
    /// Whether a sentence surely ends with it.
    var isLastOfSentence: Bool
  }

  private func read(_ range: Range<Int>) -> Stretch {
    let bytes = pending.bytes.span.extracting(range)
    let last = NovelIdentifiers.lastMark(of: bytes)
    let isEnd = last == 0x2E || last == 0x21 || last == 0x3F
    return Stretch(
      isOnset: Onset.isPossible(in: bytes, beginningSentence: beginsSentence),
      endsSentence: isEnd || last == 0x3A || NovelIdentifiers.isListMark(bytes),
      isLastOfSentence: isEnd && bytes.count > 3)
  }

  /// Searches the group under way and releases it.
  private mutating func endGroup(
    at end: Int, counting counts: inout IdentifierCounts, _ released: inout Int, into output: inout [UInt8]
  ) -> Bool {
    guard let start = group else { return true }
    group = nil
    quiet = 0
    release(to: start.place, &released, into: &output)
    let edits = search.edits(
      to: pending, start.place..<end, in: start.lexer, after: context, remembering: &memory, counting: &counts)
    guard search.redacts || edits.isEmpty else { return false }
    for edit in edits {
      output.append(contentsOf: pending.bytes[released..<edit.range.lowerBound])
      output.append(contentsOf: edit.replacement)
      released = edit.range.upperBound
    }
    output.append(contentsOf: pending.bytes[released..<end])
    released = end
    remember(start.place..<end)
    return true
  }

  private mutating func release(to end: Int, _ released: inout Int, into output: inout [UInt8]) {
    guard end > released else { return }
    output.append(contentsOf: pending.bytes[released..<end])
    remember(released..<end)
    released = end
  }

  private mutating func remember(_ range: Range<Int>) {
    context.append(contentsOf: pending.bytes[range])
    if context.count > 4 * AnswerSearch.contextLimit {
      context.removeFirst(context.count - AnswerSearch.contextLimit)
    }
  }

  /// Lets go of what has been released.
  private mutating func forget(_ count: Int) {
    guard count > 0 else { return }
    pending.removeFirst(count)
    seen -= count
    chunk?.place -= count
    group?.place -= count
  }

  private static func lastMark(of chunk: Span<UInt8>) -> UInt8 {
    var end = chunk.count
    while end > 0 {
      switch chunk[end - 1] {
      case 0x22, 0x27, 0x29, 0x2A, 0x5D, 0x60: end -= 1
      default: return chunk[end - 1]
      }
    }
    return 0
  }

  /// Whether the stretch is a mark before an item of a list or a heading.
  private static func isListMark(_ chunk: Span<UInt8>) -> Bool {
    for place in chunk.indices {
      switch chunk[place] {
      case 0x2D, 0x2A, 0x23, 0x3E, 0x7C: break
      default: return false
      }
    }
    return true
  }
}
