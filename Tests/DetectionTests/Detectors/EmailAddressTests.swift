import Detection
import Testing

struct EmailAddressTests {
  @Test(arguments: [
    ("write to ana.diaz+lab@clinic.example.org.", ["EMAIL ana.diaz+lab@clinic.example.org"]),
    ("<o'brien@ward-3.example>", ["EMAIL o'brien@ward-3.example"]),
    ("a@b.co, c@d.co", ["EMAIL a@b.co", "EMAIL c@d.co"]),
  ])
  func `finds an address without the marks around it`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: EmailAddress()) == expected)
  }

  @Test(arguments: ["seen @ bedside", "@clinic", "user@host", "2 tabs @ 8.30", "@", ""])
  func `leaves what has no domain`(_ text: String) {
    #expect(found(text, by: EmailAddress()).isEmpty)
  }
}
