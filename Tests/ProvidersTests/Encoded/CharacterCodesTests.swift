import Bytes
import PHI
import Providers
import TestKit
import Testing

/// Texts whose characters stand apart, or are numbers.
struct CharacterCodesTests {
  private static let plain = "SSN 219-09-4417"

  private static func each(_ separator: String, _ code: (UInt8) -> String) -> String {
    plain.utf8.map(code).joined(separator: separator)
  }

  private static func padded(_ byte: UInt8, _ radix: Int, _ width: Int) -> String {
    let digits = String(byte, radix: radix)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  @Test(arguments: [
    each(" ", { padded($0, 16, 2) }), each(":", { padded($0, 16, 2) }), each(", ", { "0x" + padded($0, 16, 2) }),
    each("", { "=" + padded($0, 16, 2) }), each(" ", { String($0) }), each(",", { String($0) }),
    each("", { #"\"# + padded($0, 8, 3) }), each(" ", { padded($0, 2, 8) }), each("\n", { String($0) }),
    each(".", { String(UnicodeScalar($0)) }), each("_", { String(UnicodeScalar($0)) }),
    each(" ", { String(UnicodeScalar($0)) }), "KNJU4IBSGE4S2MBZFU2DIMJX",
  ])
  func `shows what they say, and writes it anew where something of it is replaced`(_ spelt: String) throws {
    let body = Self.body("Look: \(spelt) is it")
    let request = try ModelRequest(body, for: .chatCompletions)
    let view = String(decoding: request.view, as: UTF8.self)
    let range = try #require(view.utf8.ranges(of: Self.plain.utf8).last)
    let start = view.utf8.distance(from: view.utf8.startIndex, to: range.lowerBound) + 4
    let safe = request.body(replacing: [Edit(start..<start + 11, with: Array("[SSN_1]".utf8))])
    #expect(safe == Self.body("Look: SSN [SSN_1] is it"))
  }

  @Test func `shows the word before them, which says what they are`() throws {
    let request = try ModelRequest(Self.body("Seen today. MRN: 4 8 2 9 1 7 7 3."), for: .chatCompletions)
    #expect(String(decoding: request.view, as: UTF8.self).hasSuffix("\n\n MRN: 48291773"))
  }

  @Test(arguments: [
    "1 2 3 4 5 6 7 8 9 0", "a b c d e f", "84, 104, 150, 32, 112, 97, 116, 105", "2026-11-22T10:00:00", "5.1.2.3",
    "550e8400-e29b-41d4-a716-446655440000", "00:1a:2b:3c:4d:5e", "1,4,1,5,9,2,6,5,3", "x = 10, y = 20",
    "THE PATIENT IS WELL AND GOES HOME TODAY", #"\alpha \gamma \delta"#,
  ])
  func `takes nothing else for them`(_ content: String) throws {
    let request = try ModelRequest(Self.body(content), for: .chatCompletions)
    #expect(String(decoding: request.view, as: UTF8.self) == content)
  }

  @Test(.timeLimit(.minutes(30))) func `takes time in proportion to the text`() throws {
    for unit in ["4 ", "=32", "50,", "200 ", "a.b ", #"\06"#, "1 2 3 4 5 6 7 8 9 0 ", "50 51 52 53 54 5x "] {
      let text = String(repeating: unit, count: 200_000)
      let request = try ModelRequest(Self.body(text), for: .chatCompletions)
      #expect(request.view.starts(with: text.utf8))
    }
  }

  private static func body(_ content: String) -> [UInt8] {
    let value: JSONValue = ["model": "m", "messages": [["role": "user", "content": .string(content)]]]
    return value.bytes
  }
}
