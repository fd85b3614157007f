import Bytes
import Detection

/// Finds the words and codes of sensitive classes in a text.
///
/// ## What it finds
/// The terms of `SensitiveTerms`, whatever their case, in the singular or with an `s`, with anything but letters and digits
/// between their words; codes of ICD-10-CM with their dot or without. Marks without width are passed over, letters of full
/// width are read as the plain ones, and the text is searched once more without its disguises, if it has any: entities of
/// HTML, escapes, letters of other alphabets, and what is turned around for display.
///
/// ## What it leaves alone
/// What is not in the lists: other words and languages, misspellings, what a person understands from the whole. It does not
/// read: `HIV negative` and `denies alcohol abuse` are found like the rest.
///
/// ## Why
/// 42 CFR Part 2; 45 CFR 164.508(a)(2), 164.522(a).
struct SensitiveWords: Sendable {
  private struct Term {
    let rest: [UInt64]
    let sensitive: SensitiveClass
  }

  /// The terms by their first word.
  private var terms: [UInt64: [Term]] = [:]
  /// The words that mean something else in other letters, such as a hearing aid, a cart, to prep, Gina.
  private static let homographs: Set<String> = ["AIDS", "cART", "PrEP", "GINA", "SUD"]
  /// The words that are found only as they are written.
  private var exact: [UInt64: SensitiveClass] = [:]
  private var codes: [(prefix: [UInt8], sensitive: SensitiveClass)] = []

  /// What finds these classes.
  init(_ classes: Set<SensitiveClass>) {
    for sensitive in SensitiveClass.allCases where classes.contains(sensitive) {
      for line in sensitive.terms.words.split(separator: "\n") { take(String(line), of: sensitive) }
      for code in sensitive.terms.codes.split(whereSeparator: \.isWhitespace) {
        codes.append((Array(code.utf8), sensitive))
      }
    }
  }

  private mutating func take(_ term: String, of sensitive: SensitiveClass) {
    let bytes = Array(term.utf8)
    let words = Self.words(in: bytes)
    guard let first = words.first else { return }
    if words.count == 1, Self.homographs.contains(term) {
      exact[first.exact] = sensitive
    } else {
      terms[first.folded, default: []].append(Term(rest: words.dropFirst().map(\.folded), sensitive: sensitive))
    }
  }

  /// The classes whose words or codes are in a text.
  func classes(in text: [UInt8]) -> Set<SensitiveClass> {
    var found = classes(asWritten: text.separated)
    let disguise = Disguise(text)
    if let disguise { found.formUnion(classes(asWritten: disguise.text.separated)) }
    if let shown = DisplayOrder(disguise?.text ?? text) { found.formUnion(classes(asWritten: shown.text.separated)) }
    return found
  }

  private func classes(asWritten text: [UInt8]) -> Set<SensitiveClass> {
    var found: Set<SensitiveClass> = []
    let words = Self.words(in: text)
    for place in words.indices {
      let word = words[place]
      if let sensitive = exact[word.exact] { found.insert(sensitive) }
      for term in terms[word.folded] ?? [] where place + term.rest.count < words.count {
        if zip(term.rest, words[(place + 1)...]).allSatisfy({ $0 == $1.folded }) { found.insert(term.sensitive) }
      }
      if let code = Self.code(at: word.range, in: text) {
        for (prefix, sensitive) in codes where code.starts(with: prefix) { found.insert(sensitive) }
      }
    }
    return found
  }

  /// A word: where it is, and hashes of it as it is written and as it is compared.
  private struct Word {
    var range: Range<Int>
    var exact: UInt64
    var folded: UInt64
  }

  private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x0000_0100_0000_01B3

  private static func words(in text: [UInt8]) -> [Word] {
    var words: [Word] = []
    var start: Int?
    for place in 0...text.count {
      let isInWord = place < text.count && (ASCII.isAlphanumeric(text[place]) || text[place] >= 0x80)
      if isInWord {
        start = start ?? place
      } else if let begin = start {
        words.append(word(begin..<place, in: text))
        start = nil
      }
    }
    return words
  }

  private static func word(_ range: Range<Int>, in text: [UInt8]) -> Word {
    var exact = basis
    for place in range { exact = (exact ^ UInt64(text[place])) &* prime }
    var end = range.upperBound
    if range.count > 4, ASCII.lowercased(text[end - 1]) == UInt8(ascii: "s") {
      // A word ends in one `s` for its plural; `ss`, `us` and `is` belong to it.
      let before = ASCII.lowercased(text[end - 2])
      if before != UInt8(ascii: "s"), before != UInt8(ascii: "u"), before != UInt8(ascii: "i") { end -= 1 }
    }
    var folded = basis
    for place in range.lowerBound..<end { folded = (folded ^ UInt64(ASCII.lowercased(text[place]))) &* prime }
    return Word(range: range, exact: exact, folded: folded)
  }

  /// The code of ICD-10-CM that begins with a word, in capital letters and without its dot: a letter, a digit, a letter or
  /// digit, and up to four more; nil when it is none.
  private static func code(at range: Range<Int>, in text: [UInt8]) -> [UInt8]? {
    guard (3...7).contains(range.count), ASCII.isLetter(text[range.lowerBound]),
      ASCII.isDigit(text[range.lowerBound + 1])
    else { return nil }
    var code = text[range].map { ASCII.lowercased($0) }
    var place = range.upperBound
    if range.count == 3, place < text.count, text[place] == UInt8(ascii: ".") {
      place += 1
      while place < text.count, ASCII.isAlphanumeric(text[place]), code.count < 8 {
        code.append(ASCII.lowercased(text[place]))
        place += 1
      }
    }
    guard code.count <= 7 else { return nil }
    return code.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
  }
}

extension [UInt8] {
  /// The text with a space for every character beyond ASCII that is no letter, number or mark, without those that have no
  /// width, and with the plain letter for one of full width.
  fileprivate var separated: [UInt8] {
    guard contains(where: { $0 >= 0x80 }) else { return self }
    var separated: [UInt8] = []
    separated.reserveCapacity(count)
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case ..<0x80: separated.append(UInt8(scalar.value))
      case 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF: continue
      case 0xFF01...0xFF5E: separated.append(UInt8(scalar.value - 0xFEE0))
      default:
        if scalar.isInWords { separated.append(contentsOf: String(scalar).utf8) } else { separated.append(0x20) }
      }
    }
    return separated
  }
}

extension Unicode.Scalar {
  fileprivate var isInWords: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber:
      true
    default: false
    }
  }
}
