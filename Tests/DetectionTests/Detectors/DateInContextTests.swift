import Detection
import PHI
import Testing

struct DateInContextTests {
  @Test(arguments: [
    "therapy starting ⟦04/04⟧",
    "evicted ⟦5/29⟧",
    "TAVR ⟦6/25⟧",
    "heparin (stop ⟦2/2⟧)",
    "platelets x2 (⟦11/20⟧, later)",
    "seen Monday the ⟦3rd⟧",
    "moved on the ⟦19th⟧ with fever",
    "⟦Feb  2⟧ 08:14:22 and ⟦Mar21⟧",
    "scan_⟦20230817⟧.pdf",
    "echo_⟦2023-08-17⟧.pdf",
    "a|⟦4/19⟧|b",
    "<low value=\"⟦201604⟧\"/>",
  ])
  func `finds dates with a thin cue`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "strength 3/5", "scored 3/5", "1/2 NS", "24/26 mg", "POD#3", "120/80", "2/15 nodes", "PHQ-9 4/27", "Oct4 stain",
    "in the 90th percentile", "the 2nd rib", "on the 14th floor",
  ])
  func `leaves scores, strengths and ordinals alone`(_ text: String) {
    #expect(found(text, by: DateElement()) == [])
  }
}
