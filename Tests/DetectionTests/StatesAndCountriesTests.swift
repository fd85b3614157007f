import Detection
import PHI
import Testing

struct StatesAndCountriesTests {
  private static let text = "Born in Vermont, raised in Ireland; lives in Worcester, MA 01605."

  private func found(keepsStatesAndCountries: Bool) -> [String] {
    let carveOuts = CarveOuts(
      keepsYears: true, keepsAgesUnder90: true, keepsStatesAndCountries: keepsStatesAndCountries)
    let bytes = Array(Self.text.utf8)
    return Scanner(carveOuts: carveOuts).findings(in: bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
  }

  @Test func `stay under Safe Harbor`() {
    #expect(found(keepsStatesAndCountries: true) == ["Worcester", "01605"])
  }

  @Test func `are found when the switch is off`() {
    #expect(found(keepsStatesAndCountries: false) == ["Vermont", "Ireland", "Worcester", "MA", "01605"])
  }

  @Test(arguments: ["Pain OR fever.", "Start PO, then IN as needed.", "Call ME."])
  func `are no abbreviations that stand alone`(_ text: String) {
    let bytes = Array(text.utf8)
    let detectors = Scanner(carveOuts: .none).findings(in: bytes).map(\.detector)
    #expect(!detectors.contains("state-or-country"))
  }
}
