import Detection
import Testing

struct TelephoneNumberTests {
  @Test(arguments: [
    "⟦415-555-0132⟧",
    "⟦(415) 555-0132⟧",
    "⟦(415)555-0132⟧",
    "⟦415.555.0132⟧",
    "⟦415/555-0138⟧",
    "⟦415 555 0132⟧",
    "⟦1-800-555-0199⟧",
    "⟦+1 415 555 0137⟧",
    "cell ⟦4155550132⟧",
    "⟦+16515550163⟧",
  ])
  func `finds North American numbers with any separators`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }

  @Test(arguments: [
    "⟦(415) 555-0132 x12⟧",
    "⟦1-800-555-0199 ext 4⟧",
    "⟦859-555-0119 x2204⟧.",
    "⟦801-555-0160 #2907⟧",
    "⟦973-555-0161 ext. 12⟧, hr",
  ])
  func `takes the extension with the number`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }

  @Test(arguments: [
    "⟦+44 20 7946 0958⟧",
    "⟦+49 30 123456⟧",
    "phone: ⟦0688 872 49 99⟧",
  ])
  func `finds international numbers`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }

  @Test(arguments: [
    "pager ⟦6035⟧",
    "p. ⟦6035⟧",
    "at ⟦x6614⟧ until",
    "Drew, ⟦555-0149⟧.",
    "brother Zbigniew, ⟦555 0185⟧.",
  ])
  func `finds short numbers that are announced`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }

  @Test(arguments: [
    "call him at ⟦two one eight five five five oh one nine one⟧ before"
  ])
  func `finds numbers said aloud`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }

  @Test(arguments: [
    "call 911 or 988",
    "pH 7.32/45/80/22",
    "x3 days",
    "1200 555",
    "2014;371:993-1004",
    "2009;361:1139-51",
    "1,234,567 cells",
    "120-130 mg",
    "MRN 4155550132",
  ])
  func `leaves service codes and figures`(_ marked: String) {
    #expect(remarked(marked, by: [TelephoneNumber()]) == marked)
  }
}
