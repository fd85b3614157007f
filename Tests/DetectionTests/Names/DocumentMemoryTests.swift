import Detection
import PHI
import Testing

struct DocumentMemoryTests {
  private func found(_ windows: String...) -> [[String]] {
    var memory = DocumentMemory()
    let scanner = Scanner(detectors: [NamesAndPlaces()])
    return windows.map { window in
      let bytes = Array(window.utf8)
      return scanner.findings(in: bytes, remembering: &memory).map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }
  }

  @Test func `finds the surname alone after the whole name`() {
    #expect(
      found("Dr. Anselm Kvaratskhelia operated. Later Kvaratskhelia called.") == [
        ["Anselm Kvaratskhelia", "Kvaratskhelia"]
      ])
  }

  @Test func `remembers across windows`() {
    #expect(found("Patient: Thiru Wojtowicz", "Plan: Wojtowicz goes home.") == [["Thiru Wojtowicz"], ["Wojtowicz"]])
  }

  @Test func `does not take an ordinary word for the name it also is`() {
    #expect(found("Seen by Dr. Small. A small amount. Small bowel normal.") == [["Small"]])
  }

  @Test(arguments: [
    ("onWojtowicz", ["Wojtowicz"]), ("Wojtowicz2", ["Wojtowicz"]), ("room12Wojtowicz", ["Wojtowicz"]),
    ("ThaddeusWojtowicz", ["Thaddeus", "Wojtowicz"]), ("wojtowicz7b", ["wojtowicz"]), ("Wojtowiczian", []),
    ("TTEonOctober", []),
  ])
  func `finds a name again that is glued to other letters or to digits`(_ word: String, _ names: [String]) {
    #expect(found("Patient: Thaddeus Wojtowicz", "The echo \(word) was normal.") == [["Thaddeus Wojtowicz"], names])
  }
}
