import Detection
import Testing

struct PostalCodeTests {
  @Test(arguments: [
    "Springfield, IL ⟦62704⟧",
    "MN ⟦55104-1234⟧.",
    "Springfield, Illinois ⟦62704⟧",
    "Boise, ID ⟦83702⟧",
    "AK ⟦99840⟧, 907 555 0146",
  ])
  func `finds codes after a state`(_ marked: String) {
    #expect(remarked(marked, by: [PostalCode()]) == marked)
  }

  @Test(arguments: [
    "zip ⟦30301⟧",
    "ZIP: ⟦30301⟧",
    "postal code ⟦75008⟧",
    "\"postalCode\": \"⟦85224⟧\"",
  ])
  func `finds codes after a label`(_ marked: String) {
    #expect(remarked(marked, by: [PostalCode()]) == marked)
  }

  @Test(arguments: [
    "London ⟦NW1 6XE⟧",
    "Toronto ON ⟦M5V 2T6⟧",
  ])
  func `finds British and Canadian codes`(_ marked: String) {
    #expect(remarked(marked, by: [PostalCode()]) == marked)
  }

  @Test(arguments: [
    "77 Pine St, Salem ⟦97301⟧"
  ])
  func `finds a code in the line of a street`(_ marked: String) {
    #expect(remarked(marked, by: [PostalCode()]) == marked)
  }

  @Test(arguments: [
    "CPT 99213",
    "WBC 12000",
    "ID 55104",
    "patient ID 55104",
    "10000 units",
    "in 99213 cases",
  ])
  func `leaves other numbers of five digits`(_ marked: String) {
    #expect(remarked(marked, by: [PostalCode()]) == marked)
  }
}
