import Detection
import Testing

struct KnownDatesTests {
  static let json = #"{"dates":["1961-03-14","2024-11-22","2009-05-01"]}"#

  @Test(arguments: [
    "on ⟦3/14/1961⟧", "⟦03-14-61⟧", "⟦14.3.1961⟧", "⟦1961-03-14⟧", "⟦19610314⟧", "⟦031461⟧", "⟦14MAR1961⟧",
    "⟦14-Mar-61⟧",
    "⟦03 14 1961⟧", "⟦1961/3/14⟧", "⟦March 14, 1961⟧", "⟦Mar. 14⟧", "⟦14 de marzo de 1961⟧", "⟦14. März 1961⟧",
    "⟦14 mars⟧",
    "⟦14 марта 1961⟧", "⟦14 Mart 1961⟧", "⟦14 března 1961⟧", "⟦14th of March⟧", "⟦March the 14th⟧", "⟦March 1961⟧",
    "⟦03/1961⟧",
    "⟦march fourteenth nineteen sixty one⟧", "⟦the fourteenth of march⟧", "born ⟦three fourteen sixty one⟧",
    "⟦oh three fourteen nineteen sixty one⟧", "⟦2024-11-22⟧T08:30", "⟦20241122⟧083000", "admitted ⟦11/22⟧",
    "⟦November twenty-second⟧", "⟦22. Nov. 2024⟧", "⟦november twenty second twenty twenty four⟧",
    "⟦May 1st, 2009⟧", "⟦may first two thousand nine⟧", "seen on the ⟦14th⟧.", "since the ⟦twenty-second⟧ she slept",
    "scan_⟦20241122⟧.pdf",
  ])
  func `finds a day in every form`(_ marked: String) throws {
    let expected = marked.replacing("⟦the fourteenth", with: "the ⟦fourteenth")
    #expect(try remarked(expected, knowing: Self.json) == expected)
  }

  @Test(arguments: [
    "in 1961", "1961", "3/15/1961", "14 April", "pain 3/14", "3/14/2020", "1/3/14", "the 14th floor",
    "the 14th percentile",
    "3.14", "May 3, 2009", "You may first notice", "the first time", "may 1 tablet be taken", "in March. 14 patients",
    "14 mg", "ratio 11:22", "22%", "2009", "five one", "11/22/33/44", "march on", "14 out of 20",
  ])
  func `leaves years and other days and numbers alone`(_ text: String) throws {
    #expect(try remarked(text, knowing: Self.json) == text)
  }
}

struct KnownNumbersTests {
  static let json = """
    {"numbers":[{"kind":"MRN","value":"0045-221"},{"kind":"SSN","value":"219-09-9999"},
    {"kind":"PLAN","value":"TV-0045-8831"},{"value":"712"}],
    "phones":["(208) 555-0148","+44 20 7946 0958"],"emails":["mgonz61@mail.example"]}
    """

  @Test(arguments: [
    "MRN ⟦45221⟧", "⟦0045221⟧", "⟦0045 221⟧", "⟦45-221⟧", "⟦000045221⟧", "⟦MRN0045221⟧", "chart ⟦0045.221⟧,",
    "⟦four five two two one⟧", "⟦zero zero forty five two twenty one⟧", "⟦219099999⟧", "⟦219 09 9999⟧",
    "ending in ⟦9999⟧", "xxx-xx-⟦9999⟧", "***-**-⟦9999⟧", "x⟦9999⟧", "last four ⟦9999⟧", "last 4: ⟦9999⟧",
    "⟦tv00458831⟧", "⟦TV 0045 8831⟧", "plan ⟦0045-8831⟧", "ID ⟦712⟧",
    "⟦208.555.0148⟧", "⟦1-208-555-0148⟧", "⟦+1 (208) 555-0148⟧", "⟦2085550148⟧", "⟦555-0148⟧", "⟦(208) 555 0148⟧",
    "⟦two oh eight five five five oh one four eight⟧", "⟦020 7946 0958⟧", "⟦+442079460958⟧",
    "⟦mgonz61@mail.example⟧", "⟦MGONZ61@MAIL.EXAMPLE⟧", "⟦mgonz61 at mail dot example⟧",
  ])
  func `finds numbers whatever separates, pads or shortens them`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.json) == marked)
  }

  @Test(arguments: [
    "45,221 patients", "45221 mg", "145221", "452210", "45221.5", "$45221", "9999 units", "in 9999", "room 712",
    "712 cells",
    "555-0149", "1.45221", "221", "0148", "4522",
  ])
  func `leaves other numbers alone`(_ text: String) throws {
    #expect(try remarked(text, knowing: Self.json) == text)
  }
}

struct KnownPlacesTests {
  static let json = """
    {"addresses":["1420 Cedar Hollow Street, Apt 3B, Boise, ID 83702"],"places":["St. Mary's Medical Center",
    "Tamarack Valley Medical Center",{"kind":"ORG","name":"Hope & Sons Logistics"}]}
    """

  @Test(arguments: [
    "⟦1420 Cedar Hollow St⟧.", "⟦1420 cedar hollow st. apt #3b⟧", "⟦1420 CEDAR HOLLOW STREET #3B⟧",
    "⟦1420 Cedar Hollow⟧ again",
    "on ⟦Cedar Hollow Street⟧", "in ⟦Boise⟧, ID ⟦83702⟧", "⟦1420 Cedar Hollow St., Unit 3B⟧",
    "⟦1420 Cedar\nHollow Street⟧",
    "⟦St Marys Medical Ctr⟧", "⟦Saint Mary’s Medical Center⟧", "at ⟦TVMC⟧ today", "⟦Tamarack Valley⟧",
    "⟦hope and sons logistics⟧",
    "⟦Hope & Sons Logistics⟧", "⟦tamarack valley med center⟧",
  ])
  func `finds addresses and places whole, abbreviated and cut short`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.json) == marked)
  }

  @Test(arguments: [
    "a cedar hollow", "tvmc", "1420 patients", "the medical center", "3B", "cedar street", "hope and sons",
  ])
  func `leaves their words alone elsewhere`(_ text: String) throws {
    #expect(try remarked(text, knowing: Self.json) == text)
  }
}

struct KnownValuesTests {
  private func refusal(_ json: String) -> KnownIdentifiersError? {
    do throws(KnownIdentifiersError) {
      _ = try KnownIdentifiers(parsing: Array(json.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test func `counts what it is handed`() throws {
    let json = #"{"people":[{"names":["Maria Gonzalez","Mia"]}],"dates":["1961-03-14"],"phones":["208 555 0148"]}"#
    #expect(try KnownIdentifiers(parsing: Array(json.utf8)).count == 4)
    #expect(try KnownIdentifiers(parsing: Array("{}".utf8)).count == 0)
  }

  @Test func `refuses what it does not know, and says where`() {
    let members = ["people", "dates", "numbers", "phones", "emails", "addresses", "places"]
    #expect(refusal(#"{"peple":[]}"#) == KnownIdentifiersError(.unknownMember(allowed: members), at: ""))
    #expect(
      refusal(#"{"people":[{"names":["Ann Lee"],"age":4}]}"#)
        == KnownIdentifiersError(.unknownMember(allowed: ["names", "relation"]), at: "people[0]"))
    #expect(refusal(#"{"people":[{}]}"#) == KnownIdentifiersError(.missing, at: "people[0].names"))
    #expect(refusal(#"{"people":[{"names":["Ng"]}]}"#) == KnownIdentifiersError(.tooShort, at: "people[0].names[0]"))
    #expect(refusal(#"{"people":[{"names":["M.G."]},{"names":["王明"]}]}"#) == nil)
    #expect(refusal(#"{"dates":["1961-02-30"]}"#) == KnownIdentifiersError(.notDate, at: "dates[0]"))
    #expect(refusal(#"{"dates":[1961]}"#) == KnownIdentifiersError(.wrongType(expected: "text"), at: "dates[0]"))
    #expect(refusal(#"{"phones":["-12-"]}"#) == KnownIdentifiersError(.tooShort, at: "phones[0]"))
    #expect(refusal(#"{"numbers":[{"kind":"MRN"}]}"#) == KnownIdentifiersError(.missing, at: "numbers[0].value"))
    #expect(refusal("[]") == KnownIdentifiersError(.wrongType(expected: "an object"), at: ""))
    let long = String(repeating: "x", count: 257)
    #expect(refusal(#"{"emails":["\#(long)"]}"#) == KnownIdentifiersError(.tooLong(limit: 256), at: "emails[0]"))
    let many = (0..<1_001).map { #""208555\#($0 + 1_000)""# }.joined(separator: ",")
    #expect(refusal("{\"phones\":[\(many)]}") == KnownIdentifiersError(.tooMany(limit: 1_000), at: ""))
  }

  @Test func `names no value in an error`() throws {
    for json in [#"{"dates":["Gonzalez"]}"#, #"{"Gonzalez":1}"#, #"{"numbers":[{"kind":"Gonzalez","value":"123"}]}"#] {
      let error = try #require(refusal(json))
      #expect(!error.description.contains("Gonzalez"))
    }
  }
}
