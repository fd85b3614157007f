import Detection
import PHI
import Testing

struct PrefixedNumbersTests {
  @Test(arguments: [
    "lab_MRN⟦0044127⟧_v2.pdf",
    "CT_ACC⟦593⟧.dcm",
    "Tx #⟦8820⟧ arrived",
    "-rw-r--r-- 1 ⟦hquill⟧ imaging 2048 09:11 a.txt",
    "Accepted publickey for ⟦hquill⟧ from host",
    "gate code ⟦nine one four four seven⟧ please",
  ])
  func `finds numbers with their label, said numbers and owners`(_ marked: String) {
    #expect(remarked(marked, by: [PrefixedNumbers()]) == marked)
  }

  @Test(arguments: [
    "dispense #90", "one two three four five", "model #5512", "-rw-r--r-- 1 root root 2048 a.txt",
    "Accepted publickey for root from host", "ENC12", "POD#3",
  ])
  func `leaves counts, models and systems alone`(_ text: String) {
    #expect(found(text, by: PrefixedNumbers()) == [])
  }

  @Test(arguments: [
    "SNOMED 44054006 diabetes, 59621000 hypertension; 233604007 pneumonia",
    "firmware 12.4.0.31", "revision 7.0.2.15", "G4P2012", "NM_000059", "give 250-1000 mg",
  ])
  func `flags nothing in lists of public codes, versions and findings`(_ text: String) {
    #expect(remarked(text, by: structuredDetectors) == text)
  }

  @Test(arguments: [
    "CPT 99214. MRN ⟦5512877⟧", "host ⟦10.4.0.31⟧ down",
    "SSN ⟦318\u{200B}-07\u{2011}4412⟧", "SSN ⟦３１８-07-4412⟧", "SSN ⟦318\u{5BE}07\u{5BE}4412⟧", "SSN ⟦318\u{1}-07-4412⟧",
    "last 4 ⟦4412⟧", "SSN ending in ⟦4412⟧", "his social is ⟦4412⟧", "soc ⟦318074412⟧",
  ])
  func `finds what public codes and odd characters would hide`(_ marked: String) {
    #expect(remarked(marked, by: structuredDetectors) == marked)
  }
}
