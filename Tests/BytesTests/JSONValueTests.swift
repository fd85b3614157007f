import Bytes
import Testing

struct JSONValueTests {
  @Test func `keeps the order of members and the digits of numbers`() throws {
    let text = Array(#"{"z":1.10,"a":[-0,1E5,true,false,null,"é\n"],"m":{}}"#.utf8)
    let value = try JSONValue(parsing: text)
    #expect(value.bytes == text)
    #expect(
      value == ["z": .number("1.10"), "a": [.number("-0"), .number("1E5"), true, false, .null, "é\n"], "m": [:]])
  }

  @Test func `answers only for what it is`() throws {
    let value = try JSONValue(parsing: Array(#"{"n":7,"f":7.0,"s":"x","l":[1],"b":true}"#.utf8))
    #expect(value["n"]?.integer == 7)
    #expect(value["f"]?.integer == nil)
    #expect(value["s"]?.string == "x")
    #expect(value["l"]?.array == [1])
    #expect(value["b"]?.bool == true)
    #expect(value["absent"] == nil)
    #expect(value["s"]?["x"] == nil)
    #expect(value.members?.map(\.name) == ["n", "f", "s", "l", "b"])
  }

  @Test func `refuses half of a surrogate pair`() {
    #expect(throws: JSONError(.loneSurrogate, at: 2)) { try JSONValue(parsing: Array(#"["\ud800"]"#.utf8)) }
  }
}
