import PHI
import Testing

struct IdentifierTests {
  @Test func `covers every class of Safe Harbor`() {
    #expect(Set(Identifier.allCases.map(\.safeHarborClass)) == Set(SafeHarborClass.allCases))
  }

  @Test(arguments: Identifier.allCases)
  func `is found again by its label in any case`(_ identifier: Identifier) {
    #expect(Identifier(label: identifier.label.lowercased()) == identifier)
  }

  @Test func `gives each kind a label of its own`() {
    #expect(Set(Identifier.allCases.map(\.label)).count == Identifier.allCases.count)
  }

  @Test func `knows no label that is not in the list`() {
    #expect(Identifier(label: "PATIENT") == nil)
  }
}
