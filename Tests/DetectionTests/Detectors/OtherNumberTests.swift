import Detection
import Testing

struct OtherNumberTests {
  @Test(arguments: [
    "Accession ⟦24-S-00123⟧",
    "Order #⟦556677⟧",
    "claim no. ⟦2024-00991⟧",
    "case number ⟦24-CV-01234⟧",
    "ticket ⟦INC0012345⟧",
    "specimen ID ⟦S-22-1234⟧",
    "badge ⟦1626⟧,",
    "passport ⟦X1234567⟧",
    "Rx# ⟦7788991⟧",
    "request-id: ⟦req_011CQ⟧",
    "student ID ⟦900112233⟧",
    "Match run ⟦9718086⟧,",
  ])
  func `finds labelled numbers of records and events`(_ marked: String) {
    #expect(remarked(marked, by: [OtherNumber()]) == marked)
  }

  @Test(arguments: [
    "username ⟦jdoe42⟧",
    "username <> '⟦pmontero⟧'",
    "user=⟦jdoe⟧ ",
    "portal user ⟦birna82⟧\"",
    "D: 3/4/21  T: 3/5/21  ⟦JKL/pqr⟧",
    "initials ⟦qmd⟧.",
  ])
  func `finds names of users and initials of typists`(_ marked: String) {
    #expect(remarked(marked, by: [OtherNumber()]) == marked)
  }

  @Test(arguments: [
    "insurance is ⟦QX-789012⟧?",
    "uuid ⟦3f2504e0-4f89-11d3-9a0c-0305e82c3301⟧",
    "(⟦24-853396⟧)",
    "⟦S24-066452⟧",
  ])
  func `finds unlabelled codes that are somebody's`(_ marked: String) {
    #expect(remarked(marked, by: [OtherNumber()]) == marked)
  }

  @Test(arguments: [
    "ICD-10 E11.9, CPT 99213, 80048",
    "LOINC 2345-7; SNOMED 73211009; NDC 00093-7424-56",
    "OID 2.16.840.1.113883.4.1",
    "PMID: 19717846",
    "doi:10.1056/NEJMoa0904327",
    "NCT01234567",
    "COVID-19, HLA-B27, CYP2C19, IL-6",
    "c.68_69delAG, L858R",
    "model MC1VR01",
    "REF 5515-F-502, LOT KX7R4",
    "100000 CFU/mL, 1500000 copies/mL",
    "Plt 250,000",
    "2014;371:993-1004",
    #"{"system":"http://loinc.org","code":"4548-4"}"#,
    "2019-2024",
    "1139-51",
    "BMS-986165",
    "Order CBC, order 2 units",
    "case of 3",
    "study of 12345 patients",
  ])
  func `leaves public vocabularies, genes, drugs and figures`(_ marked: String) {
    #expect(remarked(marked, by: [OtherNumber()]) == marked)
  }
}
