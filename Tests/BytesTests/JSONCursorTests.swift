import Bytes
import TestKit
import Testing

struct JSONCursorTests {
  @Test func `locates every string and number with its path`() throws {
    let text = Array(#"{"a":["x",{"b":1.10}],"c":null}"#.utf8)
    var cursor = try JSONCursor(text.span)
    var seen: [String] = []
    while let token = try cursor.next(in: text.span) {
      guard token.kind == .string || token.kind == .number else { continue }
      let path = cursor.path.map { step in
        switch step {
        case .name(let range): String(decoding: text[range], as: UTF8.self)
        case .index(let index): String(index)
        }
      }
      seen.append("\(path.joined(separator: ".")) = \(String(decoding: text[token.range], as: UTF8.self))")
    }
    #expect(seen == ["a.0 = x", "a.1.b = 1.10"])
  }

  @Test(arguments: [
    ("", JSONError(.endOfText, at: 0)),
    ("{", JSONError(.endOfText, at: 1)),
    ("[1,]", JSONError(.unexpectedByte, at: 3)),
    ("{\"a\":1,}", JSONError(.unexpectedByte, at: 7)),
    ("{a:1}", JSONError(.unexpectedByte, at: 1)),
    ("[1 2]", JSONError(.unexpectedByte, at: 3)),
    ("01", JSONError(.malformedNumber, at: 0)),
    ("1.", JSONError(.endOfText, at: 2)),
    ("[1.]", JSONError(.malformedNumber, at: 3)),
    ("+1", JSONError(.unexpectedByte, at: 0)),
    ("[-]", JSONError(.malformedNumber, at: 2)),
    ("1e", JSONError(.endOfText, at: 2)),
    ("nul", JSONError(.endOfText, at: 3)),
    ("nulL", JSONError(.unexpectedByte, at: 3)),
    ("NaN", JSONError(.unexpectedByte, at: 0)),
    ("\"abc", JSONError(.endOfText, at: 4)),
    ("\"a\nb\"", JSONError(.controlCharacter, at: 2)),
    ("\"abcdefghijk\u{1}\"", JSONError(.controlCharacter, at: 12)),
    (#""\x""#, JSONError(.malformedEscape, at: 1)),
    (#""\u12G4""#, JSONError(.malformedEscape, at: 1)),
    ("1 1", JSONError(.trailingBytes, at: 2)),
    ("\u{FEFF}1", JSONError(.unexpectedByte, at: 0)),
    (#"{"a":1,"a":2}"#, JSONError(.duplicateName, at: 8)),
    (#"{"a":1,"\u0061":2}"#, JSONError(.duplicateName, at: 8)),
    (#"{"\ud800":1}"#, JSONError(.loneSurrogate, at: 2)),
  ])
  func `refuses what is not JSON`(_ text: String, _ error: JSONError) {
    #expect(throws: error) { try walk(Array(text.utf8)) }
  }

  @Test func `refuses bytes that are not UTF-8`() {
    #expect(throws: JSONError(.malformedUTF8, at: 2)) { try walk([0x22, 0x61, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test func `takes 128 levels and refuses 129`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: 0x5B, count: depth) + Array(repeating: 0x5D, count: depth)
    }
    try walk(nested(128))
    #expect(throws: JSONError(.tooDeep, at: 128)) { try walk(nested(129)) }
  }

  @Test(arguments: [2, 16, 17, 40])
  func `finds a repeated name in small and large objects`(_ count: Int) throws {
    let members = (0..<count).map { "\"n\($0)\":{\"n0\":0}" }
    try walk(Array("{\(members.joined(separator: ","))}".utf8))
    let repeated = Array("{\(members.joined(separator: ",")),\"n0\":1}".utf8)
    #expect(throws: JSONError(.duplicateName, at: repeated.count - 6)) { try walk(repeated) }
  }

  @Test func `skips what a token has opened`() throws {
    let text = Array(#"[{"a":[1,[2]]},"end"]"#.utf8)
    var cursor = try JSONCursor(text.span)
    _ = try cursor.token(in: text.span)
    try cursor.skip(cursor.token(in: text.span), in: text.span)
    #expect(try cursor.token(in: text.span) == JSONToken(.string, 16..<19, isEscaped: false))
  }

  @Test func `never traps on a mutated text`() {
    let seed: UInt64 = 20_261_121
    var random = SeededGenerator(seed: seed)
    let original = Array(#"{"a":["x\u00e9\n",{"b":-1.10e+5}],"c":null,"d":true,"é😀":"\ud83d\ude00"}"#.utf8)
    for _ in 0..<50_000 {
      var text = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = UInt8.random(in: 0...255, using: &random)
        case 1: text.remove(at: place)
        default: text.insert(original[place % original.count], at: place)
        }
      }
      guard let value = try? JSONValue(parsing: text) else { continue }
      #expect((try? JSONValue(parsing: value.bytes)) == value, "seed \(seed)")
    }
  }

  private func walk(_ text: [UInt8]) throws {
    var cursor = try JSONCursor(text.span)
    while try cursor.next(in: text.span) != nil {}
  }
}
