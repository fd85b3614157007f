import Detection
import PHI
import Testing

struct FieldValueTests {
  /// What the page says of its fields, each as `field=text`.
  private func fields(_ text: String) -> [String] {
    let page = Page(Array(text.utf8))
    return page.fields.sorted { ($0.first, $0.last) < ($1.first, $1.last) }.map { value in
      "\(value.field)="
        + String(decoding: page.bytes[page.range(from: value.first, through: value.last)], as: UTF8.self)
    }
  }

  @Test func `reads the columns of a table in every row`() {
    let table = """
      name,dob,MRN,city,notes
      "Ash, Ida",1/2/1950,44821,Salem,none
      Oak Tom,3/4/1960,44822,"Bend, OR",x
      """
    #expect(
      fields(table) == [
        "personName=Ash, Ida", "birthDate=1/2/1950", "medicalRecord=44821", "city=Salem",
        "personName=Oak Tom", "birthDate=3/4/1960", "medicalRecord=44822", "city=Bend, OR",
      ])
  }

  @Test func `reads a table of tabs with an empty cell and one of bars`() {
    #expect(fields("mrn\tssn\tzip\n1234\t\t97301") == ["medicalRecord=1234", "zipCode=97301"])
    #expect(fields("| MRN | City |\n|---|---|\n| 556 | Bend |") == ["medicalRecord=556", "city=Bend"])
  }

  @Test func `reads the lists of an insertion`() {
    #expect(fields("INSERT INTO p (acct, city) VALUES ('12-9','Bend'), ('13-9','Salem')").contains("account=13-9"))
  }

  @Test func `reads last, first and site beside each other as heads of columns`() {
    #expect(
      fields("mrn,last,first,dob,site\n12-9,Ash,Hope,1950-01-02,Fernside").sorted() == [
        "birthDate=1950-01-02", "facility=Fernside", "medicalRecord=12-9", "personName=Ash", "personName=Hope",
      ])
    #expect(fields("mrn,dob,site\n12-9,1950-01-02,arm").sorted() == ["birthDate=1950-01-02", "medicalRecord=12-9"])
  }

  @Test func `takes no sentence for the head of a table`() {
    #expect(fields("Written to the file, the record, and the city.\nred 12-9, blue 13-9, green 14-9").isEmpty)
  }

  @Test func `reads keys, tags and attributes`() {
    #expect(fields(#"{"memberId": "W1 22", "line": ["1 A St", "Unit 6"]}"#).contains("street=Unit 6"))
    #expect(fields(#"{"lastName":"Ash"}"#) == ["personName=Ash"])
    #expect(fields("<city>Bend</city>") == ["city=Bend"])
    #expect(fields(#"{"reference": "Practitioner/2790"}"#) == ["other=2790"])
  }

  @Test func `reads positions of HL7 messages`() {
    let message =
      "MSH|^~\\&|LAB|NORTH CLINIC|A|B|20240102030405||ORU^R01|Q77|P|2.3\rPID|1||G88^^^X||ASH^IDA||19500102|F|||1 A ST^^BEND^OR^97701"
    #expect(
      fields(message) == [
        "facility=NORTH CLINIC", "facility=B", "date=20240102030405", "other=Q77", "medicalRecord=G88",
        "personName=ASH^IDA", "birthDate=19500102", "street=1 A ST", "city=BEND", "zipCode=97701",
      ])
  }

  @Test func `reads elements of X12 claims by their qualifiers`() {
    let claim = "NM1*IL*1*ASH*IDA*Q***MI*XQ41~N3*1 A ST~N4*BEND*OR*97701~DMG*D8*19500102*F~REF*EA*801~"
    #expect(
      fields(claim) == [
        "personName=ASH*IDA*Q", "healthPlan=XQ41", "street=1 A ST", "city=BEND", "zipCode=97701", "birthDate=19500102",
        "medicalRecord=801",
      ])
  }
}
