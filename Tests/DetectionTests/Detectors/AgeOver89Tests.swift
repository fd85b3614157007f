import Detection
import Testing

struct AgeOver89Tests {
  @Test(arguments: [
    "⟦93⟧ yo M",
    "⟦94⟧-year-old",
    "⟦101⟧ y/o",
    "age ⟦95⟧",
    "Age: ⟦90⟧",
    "⟦97⟧F with",
    "⟦92⟧ y.o. F",
    "turned ⟦91⟧",
    "died at ⟦94⟧",
    "died at age ⟦94⟧",
    "a ⟦91⟧yo man",
    "(AGE ⟦99⟧)",
  ])
  func `finds ages of 90 and more in digits`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }

  @Test(arguments: [
    "⟦ninety-two⟧ years old",
    "is herself ⟦ninety one⟧.",
    "⟦one hundred and three⟧ year old",
  ])
  func `finds ages of 90 and more in words`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }

  @Test(arguments: [
    "her mother, ⟦96⟧, lives alone", "Age:⟦91⟧", "MGM ⟦94⟧ alive", "Mother (⟦92⟧)", "Pt is ⟦92⟧.",
    "Mr. Alan Finch, ⟦93⟧, retired",
    "Mr. Lark, ⟦ninety-six⟧, in hospital",
  ])
  func `finds an age between commas beside a relative or a name`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }

  @Test(arguments: [
    "born ⟦1931⟧",
    "DOB ⟦1929⟧",
    "YOB: 1975",
  ])
  func `finds a year of birth that shows such an age`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }

  @Test(arguments: [
    "89-year-old", "HR is 92.", "ratio is 1:95", "mother 95 kg",
    "age 45",
    "SpO2 94% on 2 L",
    "weight 95 kg",
    "for 90 minutes",
    "BP 92/60",
    "HR 94, RR 18",
    "score 90",
    "QTc 438, 90 days",
    "Sodium, 94, low",
    "born 1990",
  ])
  func `leaves ages under 90 and figures that are no ages`(_ marked: String) {
    #expect(remarked(marked, by: [AgeOver89()]) == marked)
  }
}
