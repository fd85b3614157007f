import Names
import TestKit
import Testing

struct NamePoolTests {
  @Test(arguments: NamePool.Origin.allCases)
  func `every origin has names of both sexes and surnames`(_ origin: NamePool.Origin) {
    #expect(NamePool.embedded.givenNames(origin, .female).count >= 25)
    #expect(NamePool.embedded.givenNames(origin, .male).count >= 25)
    #expect(NamePool.embedded.surnames(origin).count >= 40)
  }

  @Test func `the same seed draws the same names`() {
    func draw(seed: UInt64) -> [String] {
      var generator = SeededGenerator(seed: seed)
      return NamePool.Origin.allCases.flatMap { origin in
        [
          NamePool.embedded.given(origin, .female, using: &generator),
          NamePool.embedded.surname(origin, using: &generator),
        ]
      }
    }
    #expect(draw(seed: 7) == draw(seed: 7))
    #expect(draw(seed: 7) != draw(seed: 8))
  }

  @Test(arguments: [
    ("Nguyen", NamePool.Origin.vietnamese), ("OKONKWO", .african), ("müller", .german), ("Papadopoulos", .greek),
    ("gonzalez", .hispanic), ("Smith", .english), ("Begay", .nativeAmerican),
  ])
  func `guesses the origin of a surname in any case, with or without accents`(
    _ name: String, _ origin: NamePool.Origin
  ) {
    #expect(NamePool.embedded.origin(ofSurname: name) == origin)
  }

  @Test func `guesses origin and sex of a given name`() {
    let guess = NamePool.embedded.originAndSex(ofGiven: "MARIA JOSE")
    #expect(guess?.origin == .hispanic)
    #expect(guess?.sex == .female)
    #expect(NamePool.embedded.originAndSex(ofGiven: "Qwrtz") == nil)
    #expect(NamePool.embedded.origin(ofSurname: "Qwrtz") == nil)
  }
}

struct AccentsTests {
  @Test(arguments: [
    ("Nguyễn", "Nguyen"), ("Øystein", "Oystein"), ("Weiß", "Weiss"), ("José", "Jose"), ("Plain", "Plain"),
  ])
  func `strips accents`(_ text: String, _ plain: String) {
    #expect(Accents.stripped(text) == plain)
    #expect(Accents.stripped(Accents.decomposed(text)) == plain)
  }

  @Test func `takes letters apart, one mark after the other`() {
    #expect(Array(Accents.decomposed("ễ").unicodeScalars) == ["e", "\u{302}", "\u{303}"])
  }
}
