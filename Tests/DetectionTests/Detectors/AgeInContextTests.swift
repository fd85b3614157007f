import Detection
import PHI
import Testing

struct AgeInContextTests {
  @Test(arguments: [
    "She's ⟦93⟧.", "tiene ⟦92⟧ años", "his uncle, who at ⟦95⟧ still sails", "Lena Fry (⟦ninety-four⟧)",
    "Grandmother on that side is ⟦ninety-one⟧.", "turned ⟦96⟧", "a ⟦93⟧ yo", "aged ⟦91⟧", "her ⟦90⟧th birthday",
    "05/06/1930 (⟦94⟧)", "lived to be ⟦97⟧", "Mr. Fry (⟦92⟧)",
  ])
  func `finds ages that are said`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }

  @Test(arguments: [
    "HR is 94.", "Sodium (135)", "sats at 93%", "she's 72.", "Heart rate (98)", "mother's pulse is 96.",
    "pt at 95% on air",
  ])
  func `leaves vital signs and values alone`(_ text: String) {
    #expect(found(text, by: AgeOver89()) == [])
  }
}
