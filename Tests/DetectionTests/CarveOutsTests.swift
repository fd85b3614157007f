import Detection
import PHI
import Testing

struct CarveOutsTests {
  private func found(_ text: String, _ carveOuts: CarveOuts) -> [String] {
    let bytes = Array(text.utf8)
    return Scanner(carveOuts: carveOuts).findings(in: bytes).filter { [.date, .ageOver89].contains($0.identifier) }
      .map { "\($0.identifier) \(String(decoding: bytes[$0.range], as: UTF8.self))" }
  }

  @Test func `keeps a bare year only while years are kept`() {
    #expect(found("stent in 2019", .safeHarbor).isEmpty)
    #expect(found("stent in 2019", .none) == ["DATE 2019"])
  }

  @Test func `keeps ages under 90 only while they are kept`() {
    #expect(found("an 89-year-old man", .safeHarbor).isEmpty)
    #expect(found("an 89-year-old man", .none) == ["AGE 89"])
    #expect(found("a 90-year-old man", .safeHarbor) == ["AGE 90"])
  }

  @Test func `covers the year of a date, for a transform to keep`() {
    #expect(found("DOB 03/15/1987", .safeHarbor) == ["DATE 03/15/1987"])
  }

  @Test func `reads years of birth as of the year it is told`() {
    var carveOuts = CarveOuts.safeHarbor
    #expect(found("born 1936", carveOuts) == ["AGE 1936"])
    #expect(found("born 1937", carveOuts).isEmpty)
    carveOuts.lastBirthYearOver89 = 1937
    #expect(found("born 1937", carveOuts) == ["AGE 1937"])
  }
}
