import Bytes

/// The credentials that vendors have been sent since the process began, which no answer may show.
///
/// ## What it finds
/// Each of them in full; with letters written as JSON escapes (`\u002d`, `\/`), in strings within strings too, or percent-encoded
/// (`%2D`), which may be escaped in their turn; and in Base64 of either alphabet, whatever it is encoded with. What stands in
/// Base64 before and after it shares up to two letters with it, which stay.
///
/// ## What it leaves alone
/// What shows a part only, as vendors' errors do (`sk-...4860`), credentials of fewer than 16 bytes, which may be words, and
/// what is encoded twice, or in lines.
package final class KnownCredentials: Sendable {
  /// How many former ones are remembered; the oldest are forgotten.
  private static let mostFormer = 64
  /// How long a credential is at least.
  private static let shortest = 16
  /// How much of a credential may be told by what is held back: vendors begin all of theirs alike.
  private static let mostShown = 4
  /// How many backslashes one escape may begin with: those of strings within strings double.
  private static let mostBackslashes = 16
  /// What stands in the place of one.
  static let label = Array("[CREDENTIAL]".utf8)

  private let words: [[UInt8]]
  private let trees: [CredentialTree]
  /// How long the shortest of them is: so much of each is looked for first.
  private let window: Int
  private let longest: Int
  /// How far the last three bytes of a window let it move on (Wu and Manber, 1994).
  private let shifts: [UInt8]
  /// Which bytes one may begin with.
  private let begins: [Bool]

  /// No credentials.
  static let none = KnownCredentials([])

  /// These, and the `former` ones: what was sent once may be shown later.
  package init(_ credentials: [VendorCredential], after former: KnownCredentials? = nil) {
    let sent = credentials.compactMap(\.sent).map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
    var words: [[UInt8]] = []
    for word in (former?.words ?? []).filter({ !sent.contains($0) }).suffix(Self.mostFormer) + sent
    where !words.contains(word) {
      words.append(word)
    }
    // Whatever one is written in, it takes as many letters or more.
    let window = min(words.map(\.count).min() ?? Self.shortest, 255)
    let trees = [.plain, .withSigns, .base64].compactMap { CredentialTree(words, $0) }
    var shifts = [UInt8](repeating: UInt8(window - 2), count: 1 << 15)
    var begins = [Bool](repeating: false, count: 256)
    // Escapes.
    (begins[0x5C], begins[0x25]) = (true, true)
    for tree in trees {
      for letter in tree.beginnings { begins[Int(letter)] = true }
      tree.triples(within: window) { letters, rest in
        let place = Self.place(letters.0, letters.1, letters.2)
        shifts[place] = min(shifts[place], UInt8(rest))
      }
    }
    (self.words, self.trees, self.window) = (words, trees, window)
    longest = 4 * ((words.map(\.count).max() ?? 0) + 4) / 3
    (self.shifts, self.begins) = (shifts, begins)
  }

  /// Whether there are none to look for.
  var isEmpty: Bool { words.isEmpty }

  /// A text that is all there, without credentials.
  func hidden(in text: String) -> String {
    let bytes = Array(text.utf8)
    guard !isEmpty, !isClean(bytes.span, isLast: true) else { return text }
    let shown = hidden(in: bytes.span, isLast: true).bytes
    return String(decoding: shown.span)
  }

  /// Whether nothing is to be hidden in a piece, and nothing of it to be held back.
  func isClean(_ piece: Span<UInt8>, isLast: Bool) -> Bool {
    !showsOne(piece) && !spellsLetters(piece) && (isLast || !endsInBeginning(piece))
  }

  /// Whether a name of a header shows one, in whatever case.
  func isShown(byHeader name: String) -> Bool {
    guard !isEmpty, name.utf8.count >= window else { return false }
    let name = name.utf8.map { ASCII.lowercased($0) }
    return trees.contains { $0.isShown(inLowerCase: name) }
  }

  /// A piece without credentials, up to the offset from which it may be the beginning of one.
  func hidden(in piece: Span<UInt8>, isLast: Bool) -> (bytes: [UInt8], end: Int) {
    var output: [UInt8] = []
    var run = Run()
    var place = 0
    while place < piece.count {
      if begins[Int(piece[place])] {
        let reading = reading(at: place, in: piece, &run)
        if reading.isOpen, !isLast { return (output, place) }
        if let end = reading.end {
          output += Self.label
          place = end
          continue
        }
      }
      output.append(piece[place])
      place += 1
    }
    return (output, place)
  }

  /// Whether one stands there as it is.
  private func showsOne(_ piece: Span<UInt8>) -> Bool {
    var run = Run()
    var last = window - 1
    while last < piece.count {
      let shift = shifts[Self.place(piece[last - 2], piece[last - 1], piece[last])]
      if shift == 0, reading(at: last - window + 1, in: piece, &run).end != nil { return true }
      last += max(1, Int(shift))
    }
    return false
  }

  /// Whether letters that need no escape are written as one.
  private func spellsLetters(_ piece: Span<UInt8>) -> Bool {
    var start = 0
    while let place = piece.firstIndex(of: 0x5C, or: 0x25, from: start), place + 1 < piece.count {
      let third = place + 2 < piece.count ? piece[place + 2] : 0
      switch (piece[place], piece[place + 1]) {
      case (0x5C, 0x2F): return true
      case (0x5C, 0x75): if third == 0x30 { return true }
      case (0x25, let second): if ASCII.isHexDigit(second), ASCII.isHexDigit(third) { return true }
      default: break
      }
      start = place + 1
    }
    return false
  }

  private func endsInBeginning(_ piece: Span<UInt8>) -> Bool {
    var run = Run()
    var start = piece.count
    while start > 0, piece.count - start < longestWritten, Self.isLetter(piece[start - 1]) { start -= 1 }
    for place in start..<piece.count where begins[Int(piece[place])] {
      if reading(at: place, in: piece, &run).isOpen { return true }
    }
    return false
  }

  /// What begins at a place.
  private struct Reading {
    /// Where the longest credential there ends; nil where there is none.
    var end: Int?
    /// Whether what comes next may make it one, or a longer one.
    var isOpen = false
  }

  /// How many bytes a credential takes at most, each of its letters percent-encoded in three escapes.
  private var longestWritten: Int { 3 * (Self.mostBackslashes + "u0000".utf8.count) * longest }

  /// How far the letters go that were looked at last.
  private struct Run {
    var end = 0
  }

  private func reading(at start: Int, in bytes: Span<UInt8>, _ run: inout Run) -> Reading {
    var reading = Reading()
    var beginsAlike = false
    for index in trees.indices {
      let length = read(trees[index], at: start, in: bytes, &reading)
      beginsAlike = beginsAlike || length >= Self.mostShown
    }
    // INVARIANT: whether a text is held back depends on the first letters of a credential alone. Else a caller who has a
    // model say one letter after the other would see from the pieces how the credential goes on.
    if beginsAlike, !reading.isOpen, bytes.count - start < longestWritten {
      reading.isOpen = Self.isCut(from: start, in: bytes, &run)
    }
    return reading
  }

  /// How many letters of any credential stand there.
  private func read(
    _ tree: borrowing CredentialTree, at start: Int, in bytes: Span<UInt8>, _ reading: inout Reading
  ) -> Int {
    var (node, place, length) = (0, start, 0)
    repeat {
      switch Self.letter(at: place, in: bytes, isEncoded: tree.mayBeEncoded) {
      case .cut:
        reading.isOpen = true
        return length
      case .letter(let letter, let end):
        guard let next = tree.step(from: node, by: letter) else { return length }
        (node, place, length) = (next, end, length + 1)
        if tree.isEnd(node) { reading.end = max(place, reading.end ?? place) }
      case .other: return length
      }
    } while tree.goesOn(from: node)
    return length
  }

  /// Whether letters go on from a place to the end; how far they go is looked for once.
  private static func isCut(from start: Int, in bytes: Span<UInt8>, _ run: inout Run) -> Bool {
    run.end = max(run.end, start)
    while true {
      switch letter(at: run.end, in: bytes, isEncoded: true) {
      case .cut: return true
      case .letter(_, let end): run.end = end
      case .other: return false
      }
    }
  }

  private enum Letter { case letter(UInt8, end: Int), cut, other }

  /// The letter at a place: as it is, as an escape of JSON or, where it may be `isEncoded`, percent-encoded.
  private static func letter(at start: Int, in bytes: Span<UInt8>, isEncoded: Bool) -> Letter {
    // Most are no escapes.
    if start < bytes.count, bytes[start] != 0x5C, bytes[start] != 0x25 {
      return isLetter(bytes[start]) ? .letter(bytes[start], end: start + 1) : .other
    }
    let sign = letter(at: start, in: bytes)
    guard isEncoded, case .letter(0x25, var place) = sign else { return sign }
    var value: UInt8 = 0
    for _ in 0..<2 {
      switch letter(at: place, in: bytes) {
      case .cut: return .cut
      case .letter(let digit, let end):
        guard let number = ASCII.hexDigit(digit) else { return sign }
        (value, place) = (value << 4 | number, end)
      case .other: return sign
      }
    }
    return isLetter(value) ? .letter(value, end: place) : .other
  }

  /// The letter at a place, as it is or as an escape of JSON.
  private static func letter(at start: Int, in bytes: Span<UInt8>) -> Letter {
    guard start < bytes.count else { return .cut }
    guard bytes[start] == 0x5C else {
      return isLetter(bytes[start]) ? .letter(bytes[start], end: start + 1) : .other
    }
    var place = start
    // No further than is asked: a text may be one run of them, and each of its places is looked at.
    while place < bytes.count, place - start <= mostBackslashes, bytes[place] == 0x5C { place += 1 }
    guard place - start <= mostBackslashes else { return .other }
    guard place < bytes.count else { return .cut }
    if bytes[place] == 0x2F { return .letter(0x2F, end: place + 1) }
    guard bytes[place] == 0x75 else { return .other }
    var value = 0
    for digit in place + 1..<place + 5 {
      guard digit < bytes.count else { return .cut }
      guard let number = ASCII.hexDigit(bytes[digit]) else { return .other }
      value = value << 4 | Int(number)
    }
    return value < 0x80 ? .letter(UInt8(value), end: place + 5) : .other
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != 0x22 }

  private static func place(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    (Int(first) << 10 ^ Int(second) << 5 ^ Int(third)) & 0x7FFF
  }
}

extension KnownCredentials {
  /// Those of the ways to vendors and tool servers, and the `former` ones.
  convenience init(
    _ models: [ConfiguredID<Vendor>: any ModelEndpoint], _ tools: [ConfiguredID<Vendor>: any ToolEndpoint],
    after former: KnownCredentials? = nil
  ) {
    self.init(models.values.compactMap(\.credential) + tools.values.compactMap(\.credential), after: former)
  }
}

extension KnownCredentials: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(words.count) credentials" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
