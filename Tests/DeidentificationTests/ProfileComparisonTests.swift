import Deidentification
import PHI
import TestKit
import Testing

struct ProfileComparisonTests {
  private let text = Array("Patient: Maria Gonzalez\nMRN: 00412-7\nSeen 03/14/2024 in Boston, MA 02139.\n".utf8)

  @Test func `counts what each profile keeps of each kind`() throws {
    var comparison = ProfileComparison([.profile(.safeHarbor(asOf: today)), .limitedDataSet(asOf: today)])
    try comparison.add(text)
    #expect(comparison.documents == 1 && comparison.characters == text.count)
    let harbor = comparison.columns[0]
    #expect(harbor.rows.map(\.identifier) == [.name, .city, .zipCode, .date, .medicalRecordNumber])
    #expect(harbor.rows.map(\.kept) == [0, 0, 3, 4, 0])
    #expect(comparison.columns[1].rows.map(\.kept) == [0, 6, 5, 10, 0])
    #expect(harbor.found == comparison.columns[1].found)
  }

  @Test func `shows shapes and no values`() throws {
    var comparison = ProfileComparison([.profile(.safeHarbor(asOf: today))])
    try comparison.add(text)
    let examples = comparison.columns[0].rows.map { "\($0.example.before) \($0.example.after)" }
    #expect(
      examples == ["Xxxxx Xxxxxxxx [NAME]", "Xxxxxx [CITY]", "99999 999", "99/99/9999 9999", "99999-9 [MRN]"])
    var dumped = ""
    dump(comparison.columns[0].rows, to: &dumped)
    for word in ["Maria", "Gonzalez", "Boston", "00412"] { #expect(!dumped.contains(word)) }
  }
}
