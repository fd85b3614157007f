import Detection
import Testing

struct HealthPlanNumberTests {
  @Test(arguments: [
    "member ID ⟦XYZ123456789⟧",
    "Policy #: ⟦44-5567-A⟧",
    "Medicare ⟦1EG4-TE5-MK73⟧",
    "Medicaid ID ⟦12345678X⟧",
    "subscriber no. ⟦W1234 56789⟧",
    "insurance ID is ⟦ABC-987654⟧",
    "ins plan #⟦R-987654⟧",
    "grp ⟦RXGA05⟧",
    "\"member\": \"⟦UC77-0028-992⟧\"",
    "MBI ⟦4A49-QY9-XV17⟧",
  ])
  func `finds members, groups and policies`(_ marked: String) {
    #expect(remarked(marked, by: [HealthPlanNumber()]) == marked)
  }

  @Test(arguments: [
    "Insurance: Aetna PPO",
    "Plan: B12 1,000 mcg",
    "Plan 1) rest",
    "group 3 PH",
    "Plan: SN 2w4",
    "a group of 12 patients",
  ])
  func `leaves payers, plans of care and group sizes`(_ marked: String) {
    #expect(remarked(marked, by: [HealthPlanNumber()]) == marked)
  }
}
