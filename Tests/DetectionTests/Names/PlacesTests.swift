import Detection
import Testing

struct PlacesTests {
  @Test(arguments: [
    ("lives in Schenectady with his son", ["CITY Schenectady"]),
    ("Plover Glen, WI 53719", ["CITY Plover Glen"]),
    ("She moved to McCracken County.", ["COUNTY McCracken County"]),
    ("born in St. Odo Parish", ["COUNTY St. Odo Parish"]),
  ])
  func `finds towns by what stands around them`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: [
    "He is from Texas.", "travelled to Canada", "speaks Mongolian", "Boston score 6", "Ann Arbor stage II",
  ])
  func `leaves states, countries, languages and scores`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }
}
