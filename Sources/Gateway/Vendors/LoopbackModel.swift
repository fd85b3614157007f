import Bytes

/// A model inside the binary that needs no network, no account and no weights: it writes a short structured summary of
/// the note it is given, copying the tokens it saw.
///
/// It is deterministic: the same note gives the same summary. It exists so that everything around a model can be tried
/// and tested; it knows no medicine.
package struct LoopbackModel: Sendable {
  package init() {}

  /// A heading of the summary, and the words that introduce its text in clinical notes.
  private static let sections: [(heading: String, cues: [String])] = [
    ("Patient", ["patient", "pt", "name", "re"]),
    ("Presenting problem", ["chief complaint", "cc", "reason for visit", "reason for consult", "hpi", "history"]),
    ("Background", ["past medical history", "pmh", "pshx", "psh"]),
    ("Medications", ["medications", "meds", "discharge medications", "home medications"]),
    ("Allergies", ["allergies", "allergy"]),
    ("Findings", ["exam", "physical exam", "vitals", "labs", "imaging", "results", "findings"]),
    ("Assessment", ["assessment and plan", "assessment", "a/p", "impression", "diagnosis", "mdm"]),
    ("Plan", ["plan", "disposition", "recommendations"]),
    ("Follow-up", ["follow-up", "follow up", "fu", "f/u"]),
    ("Contact", ["emergency contact", "contact", "call", "phone", "next of kin"]),
  ]

  /// Writes the summary of a note.
  package func summary(of note: String) -> String {
    let lines = note.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    guard !lines.isEmpty else { return "There is no note to summarise." }
    var rows: [String] = []
    for section in Self.sections {
      guard let text = lines.lazy.compactMap({ Self.text(of: $0, after: section.cues) }).first else { continue }
      rows.append("- \(section.heading): \(Self.shortened(text))")
    }
    if rows.isEmpty {
      rows = Self.sentences(of: lines.joined(separator: " ")).prefix(3).map { "- \(Self.shortened($0))" }
    }
    let tokens = Self.tokens(in: note)
    if !tokens.isEmpty {
      rows.append("- Named in the note: \(tokens.prefix(24).joined(separator: ", "))")
    }
    return "Summary\n" + rows.joined(separator: "\n")
  }

  private static func text(of line: Substring, after cues: [String]) -> Substring? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let label = line[..<colon].trimmed.lowercased()
    guard cues.contains(label) else { return nil }
    let text = line[line.index(after: colon)...].trimmed
    return text.isEmpty ? nil : text
  }

  /// The first sentences of a text, up to about 220 characters.
  private static func shortened(_ text: Substring) -> String {
    guard text.count > 220 else { return String(text) }
    var taken = ""
    for sentence in sentences(of: String(text)) {
      guard taken.isEmpty || taken.count + sentence.count < 220 else { break }
      taken += (taken.isEmpty ? "" : " ") + sentence
    }
    return taken
  }

  private static func sentences(of text: String) -> [Substring] {
    var sentences: [Substring] = []
    var start = text.startIndex
    var previous: Character = " "
    for index in text.indices {
      if text[index] == " ", ".!?".contains(previous) {
        sentences.append(text[start..<index].trimmed)
        start = index
      }
      previous = text[index]
    }
    sentences.append(text[start...].trimmed)
    return sentences.filter { !$0.isEmpty }
  }

  /// Words such as `NAME_1_KTQ`, each once, in their order.
  private static func tokens(in note: String) -> [String] {
    var seen: Set<String> = []
    return note.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.compactMap { word in
      let parts = word.split(separator: "_", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[1].first?.isNumber == true, !parts[0].isEmpty, parts[2].count == 3,
        word.allSatisfy({ !$0.isLowercase }), seen.insert(String(word)).inserted
      else { return nil }
      return String(word)
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
