import Detection
import Testing

struct ListedNamesTests {
  @Test
  func `finds every person of a list after its label`() {
    let text = "Present: Aldovar, Brightling, Rasmussen, and Thirumal."
    let expected = ["NAME Aldovar", "NAME Brightling", "NAME Rasmussen", "NAME Thirumal"]
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: ["Team: Cardiology, Nursing, Pharmacy", "Present: Pain, Fever, Cough"])
  func `leaves lists of ordinary words`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }
}
