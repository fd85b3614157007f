import Detection
import Testing

struct DeviceNumberTests {
  @Test(arguments: [
    "serial ⟦254881⟧,",
    "serial number ⟦12-A-4455⟧",
    "S/N: ⟦AB12345⟧",
    "(S/N ⟦TX7-0069-8077⟧)",
    "SN ⟦556677⟧",
    "LOT ⟦KX7R4⟧",
    "Lot# ⟦K2021⟧",
    "UDI ⟦(01)00844588003288(17)141120(10)7654321D(21)10987654d321⟧",
    "MAC ⟦00:1A:2B:3C:4D:5E⟧",
  ])
  func `finds serial numbers, lots and identifiers`(_ marked: String) {
    #expect(remarked(marked, by: [DeviceNumber()]) == marked)
  }

  @Test(arguments: [
    "model DDBB1D4",
    "REF 5515-F-502",
    "Serial troponins 0.04",
    "a lot more pain",
    "firmware 4.2.1",
    "SN 2w4",
  ])
  func `leaves models, catalogue numbers and serial examinations`(_ marked: String) {
    #expect(remarked(marked, by: [DeviceNumber()]) == marked)
  }
}
