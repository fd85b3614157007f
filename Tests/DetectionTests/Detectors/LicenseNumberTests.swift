import Detection
import Testing

struct LicenseNumberTests {
  @Test(arguments: [
    "NPI ⟦1234567893⟧",
    "DEA ⟦AB1234563⟧",
    "license # ⟦MD-12345⟧",
    "DL ⟦S123-4567-8901⟧",
    "CLIA ⟦05D1234567⟧",
    "RN license ⟦556677⟧",
    "lic. no. ⟦0101-234567⟧",
    "driver's license ⟦D1234567⟧ (CA)",
    "Bar No. ⟦123456⟧",
    "NPI of agency ⟦2379224936⟧",
    "cert ⟦AK-P-8889⟧;",
    "\"DL\": [\"⟦TN 098 771 204⟧\", 0.99]",
  ])
  func `finds numbers of licences and certificates`(_ marked: String) {
    #expect(remarked(marked, by: [LicenseNumber()]) == marked)
  }

  @Test(arguments: [
    "licensed in 3 states",
    "board certified 2019",
    "License to practice",
    "BLS cert current",
  ])
  func `leaves credentials without a number`(_ marked: String) {
    #expect(remarked(marked, by: [LicenseNumber()]) == marked)
  }
}
