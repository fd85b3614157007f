import Detection
import Testing

struct WebAddressTests {
  @Test(arguments: [
    "see ⟦https://portal.example.org/p/123?x=1⟧; and",
    "<⟦ftp://drop.example/in/A_B.hl7⟧>",
    "⟦www.clinic.example/bill?a=1&b=2⟧.",
    "(⟦http://192.0.2.44:8042/studies/1.2⟧)",
  ])
  func `finds addresses with path and query`(_ marked: String) {
    #expect(remarked(marked, by: [WebAddress()]) == marked)
  }

  @Test(arguments: [
    "http://loinc.org",
    "http://hl7.org/fhir/StructureDefinition/x",
    "http://www.w3.org/2001/XMLSchema",
    "clinic.example",
    "https://doi.org/10.1000/1",
  ])
  func `leaves names of standards`(_ marked: String) {
    #expect(remarked(marked, by: [WebAddress()]) == marked)
  }
}
