import Detection
import Testing

struct FacilityNamesTests {
  @Test(arguments: [
    ("seen at Harborlight Family Clinic today", ["FACILITY Harborlight Family Clinic"]),
    ("sent to University of Ardmoor Hospital", ["FACILITY University of Ardmoor Hospital"]),
    ("at St. Brannoc's", ["FACILITY St. Brannoc's"]),
    ("of the Idaho State Police", ["ORG Idaho State Police"]),
    ("treated at the Mayo Clinic", ["FACILITY Mayo Clinic"]),
  ])
  func `finds places of care and organisations by their head word`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: [
    "Emergency Department", "Anesthesia Service was called.", "REVIEW OF SYSTEMS: negative", "INDICATIONS FOR SURGERY:",
    "Memory Clinic, new patient", "insured by Blue Cross Blue Shield",
  ])
  func `leaves departments, headings and payers`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }

  @Test(arguments: [
    ("tested at Quickmend in spring", ["FACILITY Quickmend"]),
    ("She was taken to Hale Moana.", ["FACILITY Hale Moana"]),
    ("transferred from Silver Oaks after a fall", ["FACILITY Silver Oaks"]),
  ])
  func `finds a place of care that only a preposition shows`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: [
    "Class II of the New York Heart Association", "the Seattle Heart Failure Model", "Barcelona Clinic B disease",
    "pain at McBurney point", "switched to Entresto",
  ])
  func `leaves learned bodies, models and points of the body`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }
}
