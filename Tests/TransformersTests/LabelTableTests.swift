import PHI
import Testing
import Transformers

struct LabelTableTests {
  @Test(
    arguments: [
      (
        "Rampart", ["O", "B-GIVEN_NAME", "I-SURNAME", "B-TAX_ID", "B-STATE"],
        [.name, .name, .socialSecurityNumber, nil]
      ),
      (
        "i2b2 2014", ["O", "B-PATIENT", "L-STAFF", "U-HOSP", "I-OTHERPHI"],
        [.name, .name, .facility, .uniqueDescription]
      ),
      ("piiranha", ["O", "I-GIVENNAME", "I-TELEPHONENUM", "I-ZIPCODE"], [.name, .phone, .zipCode]),
      ("CoNLL 2003", ["O", "B-PER", "I-LOC", "B-ORG", "B-MISC"], [.name, .city, .organization, nil]),
      ("Nemotron", ["O", "B-medical_record_number", "B-date_of_birth", "B-age"], [.medicalRecordNumber, .date, nil]),
    ] as [(String, [String], [Identifier?])])
  func `knows the labels of common sets`(_ set: String, _ labels: [String], _ meanings: [Identifier?]) throws {
    #expect(try LabelTable(labels).meanings == meanings)
  }

  @Test func `names the labels that it does not know`() {
    #expect(throws: TransformerError(.unknownLabels, "LABEL_1, WIZARD")) {
      try LabelTable(["O", "LABEL_1", "B-WIZARD", "I-WIZARD", "B-PER"])
    }
  }

  @Test func `takes the word of a file for what labels mean`() throws {
    let table = try LabelTable(["O", "LABEL_1", "B-WIZARD"], meanings: ["LABEL_1": "NAME", "WIZARD": nil])
    #expect(table.meanings == [.name, nil])
    #expect(throws: TransformerError(.unknownIdentifier, "MAGIC")) {
      try LabelTable(["O", "LABEL_1"], meanings: ["LABEL_1": "MAGIC"])
    }
  }

  @Test(arguments: [["B-PER", "I-PER"], ["O"]])
  func `refuses labels without an outside or without kinds`(_ labels: [String]) {
    #expect(throws: TransformerError(.malformed, "`id2label`: a label `O` and others")) { try LabelTable(labels) }
  }
}
