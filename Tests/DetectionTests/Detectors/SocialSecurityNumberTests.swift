import Detection
import Testing

struct SocialSecurityNumberTests {
  @Test(arguments: [
    "SSN ⟦123-45-6789⟧",
    "⟦123 45 6789⟧;",
    "⟦000-00-0000⟧",
    "SSN: ⟦123456789⟧",
  ])
  func `finds whole numbers, valid or not`(_ marked: String) {
    #expect(remarked(marked, by: [SocialSecurityNumber()]) == marked)
  }

  @Test(arguments: [
    "⟦XXX-XX-6789⟧",
    "⟦***-**-6910⟧",
    "SSN ending in ⟦6789⟧",
    "last four of SSN ⟦6789⟧",
    "\"ssn_last4\": \"⟦8033⟧\"",
  ])
  func `finds partial numbers`(_ marked: String) {
    #expect(remarked(marked, by: [SocialSecurityNumber()]) == marked)
  }

  @Test(arguments: [
    "1123-45-6789",
    "123-45-67890",
    "123456789",
    "415-555-0132",
    "SSN refused",
  ])
  func `leaves other numbers`(_ marked: String) {
    #expect(remarked(marked, by: [SocialSecurityNumber()]) == marked)
  }
}
