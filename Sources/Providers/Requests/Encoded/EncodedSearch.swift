import Bytes

/// What base64 and hexadecimal digits in a text say, and whether there are bytes in it that say nothing to a reader.
///
/// Words, numbers, hexadecimal digits, names of files and of programs are letters of base64, too. What decides is what
/// the letters spell: chance makes no readable text of twelve bytes, and bytes that are none are taken for such only
/// where they begin as files do or are many.
struct EncodedSearch {
  /// How many letters make a text that may be one by itself: six bytes.
  private static let fewLetters = 8
  /// How many bytes must be readable in the midst of others to be taken for a text.
  private static let readableBytes = 12
  /// From how many letters on bytes that nobody can read are no key, digest or signature any longer.
  private static let manyLetters = 512
  /// How many letters and digits in a row are no word and no number, whatever they spell.
  private static let longestRun = 1024

  /// The texts that are written in base64, in order.
  private(set) var texts: [EncodedText] = []
  /// Whether there are bytes that cannot be searched.
  private(set) var holdsBytes = false
  /// Where an object of JSON ends that was written in base64, as the parts of a signed token are (RFC 7515).
  private var endOfObject: Int?

  /// What letters say that only their maker can read: whole sentences, not the names of models and keys that such bytes
  /// have among them.
  init(opaque text: Span<UInt8>) {
    let run = EncodedRun(0..<text.count)
    _ = takeParts(run, EncodedLetters(run.letters(of: text)), readable: 20)
    holdsBytes = false
    texts.removeAll { found in found.text.count { $0 == 0x20 } < 2 }
  }

  init(_ text: Span<UInt8>) {
    var place = 0
    while place < text.count {
      if CharacterCodes.mayBegin(with: text[place]), let codes = CharacterCodes(text, at: place) {
        for said in codes.texts { takeSpelt(said, codes.range) }
        place = codes.range.upperBound
        continue
      }
      guard EncodedRun.isLetter(text[place]) else {
        place += 1
        continue
      }
      let line = EncodedLine(text, from: place)
      if line.mayBeEncoded || line.isHexadecimal || line.goesOn(in: text) {
        place = take(EncodedRun(line, of: text), in: text)
      } else {
        if line.range.count >= Self.longestRun { judge(EncodedRun(line.range), in: text) }
        place = line.range.upperBound
      }
    }
  }

  /// Judges a run; returns where the search goes on.
  private mutating func take(_ run: EncodedRun, in text: Span<UInt8>) -> Int {
    guard let shorter = run.withoutLastLine, let last = run.lines.last else {
      judge(run, in: text)
      return run.range.upperBound
    }
    // One line and a space: more likely a text with a word behind it than a text in two lines.
    let isBeforeWord =
      run.lines.count == 2 && run.lines[0].upperBound + 1 == last.lowerBound && text[last.lowerBound - 1] == 0x20
    if isBeforeWord, judge(shorter, in: text) { return last.lowerBound }
    if judge(run, in: text) { return run.range.upperBound }
    // The last line may be a word that follows; lines that say nothing together may say something one by one.
    if judge(shorter, in: text) { return last.lowerBound }
    for line in shorter.lines { judge(EncodedRun(line), in: text) }
    return last.lowerBound
  }

  /// Notes what a run says, if it says anything; whether it does.
  @discardableResult private mutating func judge(_ run: EncodedRun, in text: Span<UInt8>) -> Bool {
    guard run.count >= Self.fewLetters else { return false }
    let letters = EncodedLetters(run.letters(of: text))
    if letters.isHexadecimal, takeDigits(run, letters) { return true }
    if letters.mayBeEncoded, takeWhole(run, letters, in: text) { return true }
    if let said = letters.inBase32 {
      takeSpelt(said, run.range)
      return true
    }
    let isLong = run.lines[0].count >= Self.longestRun && letters.alphanumerics >= Self.longestRun
    if isLong { holdsBytes = true }
    guard letters.mayBeEncoded else { return isLong }
    if takeParts(run, letters) { return true }
    let start = run.range.lowerBound
    let isSignature = start > 0 && text[start - 1] == 0x2E && endOfObject == start - 1
    guard UnreadableBytes.areIn(letters) || !isSignature && isMany(letters) else { return isLong }
    holdsBytes = true
    return true
  }

  private func isMany(_ letters: EncodedLetters) -> Bool {
    letters.bytes.count >= Self.manyLetters && letters.hasSmall && letters.hasDigit && letters.variety >= 20
  }

  private mutating func takeWhole(_ run: EncodedRun, _ letters: EncodedLetters, in text: Span<UInt8>) -> Bool {
    let said = letters.decoded(from: 0)
    guard ReadableBytes.areAll(said) else { return false }
    let range = run.range
    let isPadded = range.upperBound < text.count && text[range.upperBound] == 0x3D
    var end = range.upperBound
    while isPadded, end < text.count, text[end] == 0x3D, end - range.upperBound < 2 { end += 1 }
    texts.append(
      EncodedText(
        range: range.lowerBound..<end, text: said, before: [], after: [], end: isPadded ? .padded : .bare,
        alphabet: letters.isForAddresses ? .base64URL : .base64))
    if said.first == 0x7B { endOfObject = end }
    if EncodedSearch(said.span).saysAnything { holdsBytes = true }
    return true
  }

  private mutating func takeDigits(_ run: EncodedRun, _ letters: EncodedLetters) -> Bool {
    guard letters.bytes.count >= 2 * Self.fewLetters, let said = Hex.decode(letters.bytes.span),
      ReadableBytes.areAll(said)
    else { return false }
    texts.append(
      EncodedText(range: run.range, text: said, before: [], after: [], end: .bare, alphabet: .hexadecimal))
    if EncodedSearch(said.span).saysAnything { holdsBytes = true }
    return true
  }

  private mutating func takeSpelt(_ said: [UInt8], _ range: Range<Int>) {
    texts.append(EncodedText(range: range, text: said, before: [], after: [], end: .bare, alphabet: .spelt))
  }

  private var saysAnything: Bool { holdsBytes || !texts.isEmpty }

  /// Takes the readable stretches among the bytes, wherever in the run their groups begin.
  private mutating func takeParts(
    _ run: EncodedRun, _ letters: EncodedLetters, readable fewest: Int = readableBytes
  ) -> Bool {
    guard letters.bytes.count >= 2 * Self.fewLetters else { return false }
    var best: (start: Int, said: [UInt8], stretches: [Range<Int>], count: Int)?
    for start in 0..<4 {
      let said = letters.decoded(from: start)
      let stretches = ReadableBytes.stretches(of: said).filter { $0.count >= fewest }
      let count = stretches.reduce(0) { $0 + $1.count }
      if count > best?.count ?? 0 { best = (start, said, stretches, count) }
    }
    guard let best else { return false }
    var taken = 0
    for found in best.stretches {
      let stretch = max(found.lowerBound, 3 * taken)..<found.upperBound
      let groups = stretch.lowerBound / 3..<(stretch.upperBound + 2) / 3
      taken = groups.upperBound
      let end = min(best.start + 4 * groups.upperBound, letters.bytes.count)
      let bytes = 3 * groups.lowerBound..<min(3 * groups.upperBound, best.said.count)
      texts.append(
        EncodedText(
          range: run.place(of: best.start + 4 * groups.lowerBound..<end), text: Array(best.said[stretch]),
          before: Array(best.said[bytes.lowerBound..<stretch.lowerBound]),
          after: Array(best.said[stretch.upperBound..<bytes.upperBound]),
          end: end < letters.bytes.count ? .letters : .bare, alphabet: letters.isForAddresses ? .base64URL : .base64))
    }
    // What is readable is a part: the rest is judged like any other bytes.
    if best.count * 2 < best.said.count, isMany(letters) || UnreadableBytes.areIn(letters) { holdsBytes = true }
    return true
  }
}
