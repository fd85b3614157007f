/// Reads the text of one template.
struct PieceReader {
  private let text: [Unicode.Scalar]
  private let id: String
  private var place = 0
  private var line: Int
  /// The people met so far, with their sex where a word beside a name tells it.
  private(set) var people: [Template.Mention] = []
  /// Whether anything met so far is marked.
  private(set) var marks = false

  init(_ text: String, in id: String, line: Int) {
    self.text = Array(text.unicodeScalars)
    self.id = id
    self.line = line
  }

  /// The whole text.
  mutating func pieces() throws(SynthesisError) -> [Template.Piece] {
    let pieces = try sequence(inChoice: false)
    if place < text.count { throw error(.strayChoiceEnd) }
    return pieces
  }

  /// Pieces up to the end, or in a choice up to its next `|` or `>>`.
  private mutating func sequence(inChoice: Bool) throws(SynthesisError) -> [Template.Piece] {
    var pieces: [Template.Piece] = []
    var plain = String.UnicodeScalarView()
    while place < text.count {
      let piece: Template.Piece?
      if sees("<<") {
        piece = try choice()
      } else if sees(">>") || inChoice && text[place] == "|" {
        break
      } else if sees("[[") {
        piece = try mark()
      } else if text[place] == "{" {
        piece = try slot()
      } else {
        piece = nil
      }
      guard let piece else {
        plain.append(advance())
        continue
      }
      if !plain.isEmpty { pieces.append(.text(String(plain))) }
      plain = String.UnicodeScalarView()
      pieces.append(piece)
    }
    if !plain.isEmpty { pieces.append(.text(String(plain))) }
    return pieces
  }

  private mutating func choice() throws(SynthesisError) -> Template.Piece {
    let opening = line
    place += 2
    var options: [[Template.Piece]] = []
    while true {
      options.append(try sequence(inChoice: true))
      guard place < text.count else { throw SynthesisError(.openChoice, in: id, line: opening) }
      if sees(">>") { break }
      place += 1
    }
    place += 2
    return .choice(options)
  }

  /// A hand mark; nil where `[[` is only brackets.
  private mutating func mark() throws(SynthesisError) -> Template.Piece? {
    var end = place + 2
    while end < text.count, text[end] != "]" || end + 1 >= text.count || text[end + 1] != "]" { end += 1 }
    let parts = string(place + 2..<min(end, text.count)).split(separator: "|", maxSplits: 1)
    guard end < text.count, parts.count == 2, let label = Label(rawValue: String(parts[0])),
      let first = parts[1].first, let last = parts[1].last, !first.isWhitespace, !last.isWhitespace
    else { throw error(.badMark) }
    while place < end + 2 { _ = advance() }
    marks = true
    return .marked(label, String(parts[1]))
  }

  /// A slot; nil where a brace is only a brace.
  private mutating func slot() throws(SynthesisError) -> Template.Piece? {
    if place > 0, text[place - 1] == "{" { return nil }
    var end = place + 1
    while end < text.count, text[end].isSlotScalar { end += 1 }
    guard end < text.count, text[end] == "}", end > place + 1 else { return nil }
    let whole = string(place + 1..<end)
    let halves = whole.split(separator: "#", omittingEmptySubsequences: false)
    let words = halves[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2, words.count <= 2, words.allSatisfy({ !$0.isEmpty }), words[0].first?.isLetter == true
    else {
      return nil
    }
    let number = halves.count == 2 ? Int(halves[1]) : nil
    guard halves.count == 1 || number != nil else { throw error(.unknownSlot(whole)) }
    // `{{name}}` is a placeholder of somebody else's, `{{"n":{num:1-9}}` ends with a slot.
    let doubled = end + 1 < text.count && text[end + 1] == "}"
    if doubled, Slot.Kind(rawValue: words[0]) == nil, words.count == 1 { return nil }
    let piece = try piece(words[0], words.count == 2 ? words[1] : "", number, whole, end: end)
    place = end + 1
    return piece
  }

  private mutating func piece(
    _ name: String, _ form: String, _ number: Int?, _ whole: String, end: Int
  ) throws(SynthesisError) -> Template.Piece {
    if !form.isEmpty, let personForm = PersonForm(rawValue: name) {
      marks = true
      return .person(personForm, person(form, end: end))
    }
    if !form.isEmpty, let aboutForm = AboutForm(rawValue: name) { return .about(aboutForm, person(form, end: end)) }
    guard let kind = Slot.Kind(rawValue: name) else { throw error(.unknownSlot(whole)) }
    guard let slot = Slot(kind, form: form, number: number) else { throw error(.unknownForm(whole)) }
    if kind.label != nil { marks = true }
    return .slot(slot)
  }

  private mutating func person(_ who: String, end: Int) -> String {
    let sex = SexWord.sex(
      before: text[max(0, place - 24)..<place], after: text[min(end + 1, text.count)..<min(end + 20, text.count)])
    if let known = people.firstIndex(where: { $0.who == who }) {
      people[known].sex = people[known].sex ?? sex
    } else {
      people.append(Template.Mention(who: who, sex: sex))
    }
    return who
  }

  private func sees(_ mark: String) -> Bool {
    var ahead = place
    for scalar in mark.unicodeScalars {
      guard ahead < text.count, text[ahead] == scalar else { return false }
      ahead += 1
    }
    return true
  }

  private mutating func advance() -> Unicode.Scalar {
    defer { place += 1 }
    if text[place] == "\n" { line += 1 }
    return text[place]
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[range])
    return String(view)
  }

  private func error(_ code: SynthesisError.Code) -> SynthesisError { SynthesisError(code, in: id, line: line) }
}

extension Unicode.Scalar {
  fileprivate var isSlotScalar: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", ":", "#", "-": true
    default: false
    }
  }
}
