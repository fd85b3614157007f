import Testing
import Vault

struct TokenTests {
  @Test func `reads what it writes`() throws {
    let token = try #require(Token("NAME_QWXKTBVDZRLMPHCJ"))
    #expect(token.kind.description == "NAME" && token.code == "QWXKTBVDZRLMPHCJ")
    #expect(token.description == "NAME_QWXKTBVDZRLMPHCJ")
  }

  @Test(arguments: [
    "", "NAME", "NAME_", "_QWXKTBVDZRLMPHCJ", "NAME_QWXKTBVDZRLMPHC", "NAME_QWXKTBVDZRLMPHCJJ", "NAME_QWXKTBVDZRLMPHCA",
    "NAME_qwxktbvdzrlmphcj", "name_QWXKTBVDZRLMPHCJ", "NAME_QWXKTBVDZRLMPHCJ ", "NAME_X_QWXKTBVDZRLMPHCJ",
    "NAME-QWXKTBVDZRLMPHCJ", "NÁME_QWXKTBVDZRLMPHCJ",
  ])
  func `takes no other text for a token`(_ text: String) { #expect(Token(text) == nil) }

  @Test(arguments: ["", "a b", "asthma/1", "Über", String(repeating: "x", count: 65)])
  func `takes no other text for the name of a scope`(_ text: String) { #expect(ScopeName(text) == nil) }

  @Test func `shows no value when it is printed or dumped`() {
    let value = TokenValue("NAME", "Maria Gonzalez")
    var dumped = ""
    dump(value, to: &dumped)
    #expect(!"\(value) \(String(reflecting: value)) \(dumped)".contains("Maria"))
    #expect(!dumped.contains("77"), "the bytes are not shown either")
  }
}
