import Detection
import PHI
import Testing

struct GroupedScoreTests {
  private func finding(_ range: Range<Int>) -> Finding {
    Finding(.name, at: range, confidence: .high, by: "test")
  }

  @Test func `counts each group, the worst first`() {
    var score = GroupedScore(by: .origin())
    let document = GoldDocument(
      id: "a", text: "Ana Ruiz, Bo Ek, Li Wei",
      spans: [
        GoldSpan(0..<8, label: "NAME", origin: "hispanic"), GoldSpan(10..<15, label: "NAME", origin: "nordic"),
        GoldSpan(17..<23, label: "NAME"),
      ])
    score.count([finding(0..<8), finding(10..<12)], in: document)
    #expect(score.ungrouped == 1)
    #expect(score.groups.map(\.name) == ["nordic", "hispanic"])
    #expect(score.groups.map(\.recall) == [0, 1])
    #expect(score.groups.map(\.characterRecall) == [0.5, 1])
    #expect(score.groups.map(\.touched) == [1, 1])
  }

  @Test func `tells the extremes among groups that are large enough`() throws {
    var score = GroupedScore(by: .label)
    let text = String(repeating: "Ana ", count: 6)
    let spans = (0..<6).map { GoldSpan($0 * 4..<$0 * 4 + 3, label: ["A", "A", "B", "B", "B", "C"][$0]) }
    score.count([finding(0..<3), finding(4..<7), finding(8..<11)], in: GoldDocument(id: "a", text: text, spans: spans))
    let extremes = try #require(score.extremes(ofAtLeast: 2))
    #expect([extremes.worst.name, extremes.best.name] == ["B", "A"])
    #expect(score.extremes(ofAtLeast: 3) == nil)
  }

  @Test(arguments: [
    ("pt is maria lopez from the er she was seen by dr chen", LetterCase.lower),
    ("PATIENT MARIA LOPEZ SEEN IN ER, 20 mg GIVEN", .upper), ("Maria Lopez was seen.", .mixed),
  ])
  func `tells the letters of the text around`(_ text: String, _ expected: LetterCase) {
    #expect(LetterCase(around: 6..<11, in: text) == expected)
  }

  @Test(arguments: [
    ("Ana Ruiz", "Ruiz", "Ana"), ("RUIZ, ANA M.", "RUIZ", "ANA"), ("RUIZ^ANA^M", "RUIZ", "ANA"),
    ("Kjell Aronsen III", "Aronsen", "Kjell"), ("J. T. Ruiz", "Ruiz", nil), ("Ana", "Ana", nil),
    ("Mai Ng", "Ng", "Mai"),
    ("R.T.", "R.T.", nil),
  ])
  func `asks for the origin of a surname and the sex of a given name`(
    _ name: String, _ surname: String, _ given: String?
  ) {
    let document = GoldDocument(id: "a", text: name, spans: [GoldSpan(0..<name.count, label: "NAME_PATIENT")])
    #expect(Grouping.origin { $0 }.group(document.spans[0], document) == surname)
    #expect(Grouping.sex { $0 }.group(document.spans[0], document) == given)
  }

  @Test func `asks nobody about what is no name, and believes the corpus first`() {
    let document = GoldDocument(
      id: "a", text: "Ana 212",
      spans: [GoldSpan(0..<3, label: "NAME", origin: "o", sex: "F"), GoldSpan(4..<7, label: "MRN")]
    )
    let groups = document.spans.map { Grouping.origin { _ in "told" }.group($0, document) }
    #expect(groups == ["o", nil])
  }

  // Reference: the formula in Python, in double precision.
  @Test(arguments: [
    (9, 10, 0.5958499732047615, 0.9821237869049271), (0, 20, 0.0, 0.16112515805281938),
    (250, 300, 0.7870033503873166, 0.8712346687963193),
  ])
  func `gives the interval of Wilson`(_ hits: Int, _ trials: Int, _ lower: Double, _ upper: Double) {
    let interval = WilsonInterval(hits, of: trials)
    #expect(abs(interval.lower - lower) < 1e-9)
    #expect(abs(interval.upper - upper) < 1e-9)
  }

  @Test func `reads groups from the corpus`() throws {
    let line =
      #"{"id":"a","text":"Ana","genre":"sms","style":"terse","spans":[{"start":0,"end":3,"label":"NAME","origin":"hispanic","sex":"F"}]}"#
    let document = try GoldDocument.corpus(Array(line.utf8))[0]
    let groups = [Grouping.origin(), .sex(), .genre, .style, .label].map { $0.group(document.spans[0], document) }
    #expect(groups == ["hispanic", "F", "sms", "terse", "NAME"])
  }
}
