import Detection
import Testing

struct MedicalRecordNumberTests {
  @Test(arguments: [
    "MRN ⟦12345678⟧", "MRN\n⟦445566⟧",
    "MRN# ⟦12-34-56⟧",
    "Med Rec No: ⟦A123456⟧",
    "chart #⟦4471⟧",
    "medical record number is ⟦00912⟧",
    "MR# ⟦445566⟧",
    "hospital number ⟦H 123 456⟧",
    "Pt ID: ⟦77812⟧",
    "(MRN ⟦998877⟧)",
    "MRN: ⟦UCSF-12345⟧",
    "MRN ⟦PRC 663-018⟧\nSeen",
    "record number ⟦seven seven one four oh nine⟧ date",
  ])
  func `finds the value after a label, whatever its form`(_ marked: String) {
    #expect(remarked(marked, by: [MedicalRecordNumber()]) == marked)
  }

  @Test(arguments: [
    "{\"mrn\": \"⟦SJ0090445⟧\"}",
    "mrn='⟦A0561938⟧'",
    "mrn IN ('⟦A0561938⟧','⟦A0561983⟧')",
    "ids: {mrn: ⟦OCH-4311986⟧, x: 1}",
    "<mrn>⟦556677⟧</mrn>",
    "name,mrn,dob\nA,⟦617887⟧,1/1/60\nB,⟦596745⟧,1/1/61",
    "PID|||⟦G0055620⟧||DOE^ANN",
  ])
  func `finds the value of a key, a column and a position`(_ marked: String) {
    #expect(remarked(marked, by: [MedicalRecordNumber()]) == marked)
  }

  @Test(arguments: [
    "MRN pending",
    "Chart reviewed at 10:30",
    "Record high of 104",
    "Records from 2018",
    "chart 3 days",
    "MRN: see face sheet",
    "patient 45 yo",
  ])
  func `leaves labels without a value`(_ marked: String) {
    #expect(remarked(marked, by: [MedicalRecordNumber()]) == marked)
  }
}
