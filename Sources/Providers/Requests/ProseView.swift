import Bytes
package import PHI

/// All the prose of a JSON body as one text, which knows where in the body each byte came from.
///
/// The strings are unescaped and stand two line feeds apart, so that one pass over the text sees the whole conversation.
/// Labels and separators are shown for context only: an edit does not reach them.
package struct ProseView: Sendable {
  /// The text.
  package private(set) var text: [UInt8] = []
  private var segments: [Segment] = []
  private var escapes: [JSONEscape] = []
  private var sources: [Source] = []
  private var encoded: [EncodedText] = []
  private var names: [Name] = []
  private var replaced: [(range: Range<Int>, replacement: [UInt8])] = []
  /// Whether a string is shown as it is written and with its escapes read.
  private var isReadTwice = false

  init(reserving capacity: Int) { text.reserveCapacity(capacity) }

  /// A stretch of the text that came from one string, name or number.
  struct Segment: Sendable {
    var stretch: JSONStretch
    var source: Int
    var form: Form
  }

  /// How a segment is written in its source.
  enum Form: Sendable {
    /// Between the quotes of a JSON string.
    case string
    /// As a JSON number.
    case number
    /// As it is: the source is no JSON, though it may quote some.
    case plain
    /// In base64, in place of letters of the source; it is shown beside them, and replaced as a whole.
    case encoded(Int)
    /// A word of a name, which is replaced as a whole by another name.
    case name(Int)

    /// Whether an edit of a part is an edit of all of it.
    var isWhole: Bool {
      switch self {
      case .number, .encoded, .name: true
      case .string, .plain: false
      }
    }
  }

  /// A name or an id of the caller's, in the body itself.
  private struct Name: Sendable {
    var text: [UInt8]
    var range: Range<Int>
    /// What a name in its place begins with.
    var prefix: [UInt8]
    /// Whether it goes out under another whatever is found.
    var isReplaced: Bool
  }

  /// A JSON text inside a string of another, 0 being the body itself.
  private struct Source: Sendable {
    var parent: Int
    var stretch: JSONStretch
    var escapes: [JSONEscape]
  }

  /// How many strings, names and numbers are shown so far.
  var segmentCount: Int { segments.count }

  /// How much there was at one time, to go back to.
  struct Mark {
    var text, segments, escapes, sources, encoded, names: Int
  }

  var mark: Mark {
    Mark(
      text: text.count, segments: segments.count, escapes: escapes.count, sources: sources.count,
      encoded: encoded.count, names: names.count)
  }

  mutating func goBack(to mark: Mark) {
    text.removeSubrange(mark.text...)
    segments.removeSubrange(mark.segments...)
    escapes.removeSubrange(mark.escapes...)
    sources.removeSubrange(mark.sources...)
    encoded.removeSubrange(mark.encoded...)
    names.removeSubrange(mark.names...)
  }

  mutating func separate() {
    if !text.isEmpty { text.append(contentsOf: [0x0A, 0x0A]) }
  }

  mutating func show(context: Span<UInt8>) { text.append(copying: context) }

  mutating func repeatContext(_ range: Range<Int>) { text.append(contentsOf: Array(text[range])) }

  /// Shows the number or the string that `token` locates in `bytes`; false when it has half of a surrogate pair.
  mutating func show(_ token: JSONToken, of bytes: Span<UInt8>, source: Int) -> Bool {
    let start = text.count
    let firstEscape = escapes.count
    var isWhole = true
    if token.isEscaped {
      isWhole = JSONString.unescape(bytes, token.range, into: &text, recording: &escapes)
    } else {
      text.append(copying: bytes, token.range)
    }
    let stretch = JSONStretch(
      text: start..<text.count, source: token.range.lowerBound, escapes: firstEscape..<escapes.count)
    segments.append(Segment(stretch: stretch, source: source, form: token.kind == .number ? .number : .string))
    return isWhole
  }

  /// Shows the words of the name that `token` locates in the body, as they are told apart: by capitals, digits and `_`.
  ///
  /// Where something is found in them, the name goes out under another wherever it occurs.
  mutating func showName(_ token: JSONToken, in bytes: Span<UInt8>, of kind: NameKind) {
    let name = bytes.extracting(token.range)
    names.append(
      Name(
        text: [UInt8](copying: name), range: token.range, prefix: kind.prefix,
        isReplaced: RequestNames.mayBeOwn(name)))
    for (number, word) in NameWords(name).ranges.enumerated() {
      if number > 0 { text.append(0x20) }
      let start = text.count
      for index in word { text.append(name[index] == 0x5F ? 0x20 : name[index]) }
      let place = token.range.lowerBound + word.lowerBound
      segments.append(
        Segment(
          stretch: JSONStretch(text: start..<text.count, source: place, escapes: 0..<0), source: 0,
          form: .name(names.count - 1)))
    }
  }

  /// Lets the id that `token` locates in the body go out under another, without showing it.
  mutating func rename(_ token: JSONToken, saying id: [UInt8], after prefix: StaticString) {
    names.append(Name(text: id, range: token.range, prefix: Array("\(prefix)".utf8), isReplaced: true))
  }

  /// Puts something else in the place of a value of the body, without showing it.
  mutating func replace(_ range: Range<Int>, with replacement: [UInt8]) { replaced.append((range, replacement)) }

  /// Shows a source that is no JSON, what looks like escapes in it decoded; whether letters were part of any, so that the
  /// source is to be shown as it is written as well.
  mutating func showLoosely(_ bytes: Span<UInt8>, source: Int) -> Bool {
    let start = text.count
    let firstEscape = escapes.count
    JSONString.unescapeLoosely(bytes, into: &text, recording: &escapes)
    let stretch = JSONStretch(text: start..<text.count, source: 0, escapes: firstEscape..<escapes.count)
    segments.append(Segment(stretch: stretch, source: source, form: .plain))
    let hasLetters = escapes[firstEscape...].contains { ASCII.isLetter(bytes[$0.source + 1]) }
    if hasLetters { isReadTwice = true }
    return hasLetters
  }

  /// Shows what is written in base64 in the segment shown last, each text by itself; whether there is more in it that
  /// cannot be searched.
  mutating func showEncoded() -> Bool {
    guard let segment = segments.last else { return false }
    let shown = segment.stretch.text
    let search = EncodedSearch(text.span.extracting(shown))
    show(search.texts, of: shown.lowerBound, in: segment.stretch, source: segment.source)
    return search.holdsBytes
  }

  /// Shows whole sentences that are written in base64 in letters that only their maker can read.
  mutating func showEncoded(inOpaque range: Range<Int>, of bytes: Span<UInt8>, source: Int) {
    let search = EncodedSearch(opaque: bytes.extracting(range))
    let stretch = JSONStretch(text: 0..<range.count, source: range.lowerBound, escapes: 0..<0)
    show(search.texts, of: 0, in: stretch, source: source)
  }

  private mutating func show(_ texts: [EncodedText], of start: Int, in stretch: JSONStretch, source: Int) {
    for found in texts {
      let range = found.range.lowerBound + start..<found.range.upperBound + start
      let place = stretch.sourceRange(of: range, in: escapes)
      separate()
      if found.alphabet == .spelt { text.append(contentsOf: label(before: range.lowerBound, from: start)) }
      let start = text.count
      text.append(contentsOf: found.text)
      encoded.append(found.standing(at: place))
      segments.append(
        Segment(
          stretch: JSONStretch(text: start..<text.count, source: place.lowerBound, escapes: 0..<0), source: source,
          form: .encoded(encoded.count - 1)))
    }
  }

  /// The words on the line before a place, as a cue for what stands there.
  private func label(before place: Int, from start: Int) -> [UInt8] {
    let line = text[max(start, place - 24)..<place]
    let end = line.lastIndex { $0 == 0x0A || $0 == 0x2E || $0 == 0x2C || $0 == 0x3B || $0 >= 0x80 }
    return Array(end.map { line[($0 + 1)...] } ?? line)
  }

  /// Where the segment shown last is in the text.
  var lastShown: Range<Int> { segments.last?.stretch.text ?? 0..<0 }

  /// Takes back the segment shown last and makes a source of it; returns its bytes and its number.
  mutating func openLastShown(goingBackTo mark: Mark) -> (bytes: [UInt8], source: Int)? {
    guard let segment = segments.last else { return nil }
    let stretch = segment.stretch
    let bytes = Array(text[stretch.text])
    let shifted = escapes[stretch.escapes].map { $0.counting(textFrom: stretch.text.lowerBound) }
    goBack(to: mark)
    let inner = JSONStretch(text: 0..<bytes.count, source: stretch.source, escapes: 0..<shifted.count)
    sources.append(Source(parent: segment.source, stretch: inner, escapes: shifted))
    return (bytes, sources.count)
  }

  /// Where in the body the bytes came from that `range` of a segment shows, and what stands for `replacement` there.
  func original(
    of range: Range<Int>, in segment: Segment, replacement: [UInt8]
  ) -> (range: Range<Int>, replacement: [UInt8]) {
    var place = segment.stretch.sourceRange(of: range, in: escapes)
    var bytes: [UInt8] = []
    switch segment.form {
    case .string: JSONString.escape(replacement.span, into: &bytes)
    case .number: JSONString.quote(replacement.span, into: &bytes)
    case .plain: bytes = replacement
    case .name: bytes = replacement
    case .encoded(let number):
      place = encoded[number].range
      bytes = encoded[number].encoded(saying: replacement)
    }
    var number = segment.source
    while number > 0 {
      let source = sources[number - 1]
      place = source.stretch.sourceRange(of: place, in: source.escapes)
      bytes = JSONString.escaped(bytes.span)
      number = source.parent
    }
    return (place, bytes)
  }

  /// The body that the view was made of, with stretches of the view replaced.
  ///
  /// Every other byte of it is as it came. An edit that goes over several strings puts its replacement into the first
  /// and removes the rest of what it covers; where it covers context there is nothing to change. A number that is
  /// touched becomes a string; base64 of which anything is touched is written anew.
  ///
  /// - Precondition: `edits` are in order, do not overlap and lie within the text.
  package func splicing(_ edits: [Edit], into body: [UInt8]) -> [UInt8] { replacing(edits, in: body).body }

  /// The body with stretches of the view replaced, and the names and ids that go out under others.
  ///
  /// `earlier` are the names that earlier requests of the conversation went out with: the same go out the same.
  ///
  /// - Precondition: `edits` are in order, do not overlap and lie within the text.
  package func replacing(
    _ edits: [Edit], in body: [UInt8], after earlier: RequestNames = RequestNames()
  ) -> (body: [UInt8], names: RequestNames) {
    precondition(areInOrder(edits), "edits are in order, do not overlap and lie within the text")
    var changes = replaced
    var given: Set<[UInt8]> = []
    for (segment, edits) in SegmentEdits(edits, over: segments) {
      if case .name(let number) = segment.form {
        given.insert(names[number].text)
        continue
      }
      for edit in segment.form.isWhole ? [whole(segment, replacing: edits)] : edits {
        changes.append(original(of: edit.range, in: segment, replacement: edit.replacement))
      }
    }
    var own = earlier
    for name in names where name.isReplaced || given.contains(name.text) {
      changes.append((name.range, own.name(for: name.text, after: name.prefix)))
    }
    // What is shown twice, as it is written and as it is meant, is changed once: by what covers more of it.
    let isInOrder = encoded.isEmpty && own.isEmpty && replaced.isEmpty && !isReadTwice
    if !isInOrder {
      changes.sort { ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound) }
    }
    var splice = Splice(reserving: body.count + 64 * changes.count)
    var end = 0
    for (range, replacement) in changes {
      if !isInOrder, range.upperBound <= end { continue }
      let start = max(end, range.lowerBound)
      end = max(start, range.upperBound)
      splice.replace(start..<end, with: replacement.span, in: body.span)
    }
    return (splice.finished(body.span), own)
  }

  // An edit out of order would be passed over, and what it was to remove would stay: better to stop.
  private func areInOrder(_ edits: [Edit]) -> Bool {
    var end = 0
    for edit in edits {
      guard edit.range.lowerBound >= end else { return false }
      end = edit.range.upperBound
    }
    return end <= text.count
  }

  /// The edits of a segment that changes as a whole as one edit.
  private func whole(_ segment: Segment, replacing edits: [Edit]) -> Edit {
    let all = segment.stretch.text
    let relative = edits.map { edit in
      let range = edit.range.lowerBound - all.lowerBound..<edit.range.upperBound - all.lowerBound
      return (range: range, replacement: edit.replacement)
    }
    return Edit(all, with: spliced(text.span.extracting(all), replacing: relative))
  }
}
