import Bytes
import PHI
import Providers
import TestKit
import Testing

struct ProseEditTests {
  @Test(arguments: [
    (#""content":"Seen: Ren\u00e9e.""#, "Renée", "[X]", #""content":"Seen: [X].""#),
    (#""content":"Seen: Renée.""#, "Renée", "a\"b\\", #""content":"Seen: a\"b\\.""#),
    (
      #""tool_calls":[{"function":{"arguments":"{\"p\":\"Ren\\u00e9e\"}"}}]"#, "Renée", "a\"b\n",
      #""tool_calls":[{"function":{"arguments":"{\"p\":\"a\\\"b\\n\"}"}}]"#
    ),
    (
      #""tool_calls":[{"function":{"arguments":"{ \"mrn\": 1234567 }"}}]"#, "1234567", "MRN_1",
      #""tool_calls":[{"function":{"arguments":"{ \"mrn\": \"MRN_1\" }"}}]"#
    ),
    (
      #""tool_calls":[{"function":{"arguments":"not JSON: \"Ann\""}}]"#, "Ann", "X\"",
      #""tool_calls":[{"function":{"arguments":"not JSON: \"X\"\""}}]"#
    ),
    (
      #""function_call":{"name":"f","arguments":"[\"Ann\"]"}"#, "Ann", "X",
      #""function_call":{"name":"f","arguments":"[\"X\"]"}"#
    ),
    (#""content":"[\"{\\\"a\\\":\\\"Ann\\\"}\"]""#, "Ann", "\"", #""content":"[\"{\\\"a\\\":\\\"\\\\\\\"\\\"}\"]""#),
    (
      #""content":"{\"a\":\"Ren\\u00e9e\"}\n{}""#, "Renée", "b\"",
      #""content":"{\"a\":\"b\"\"}\n{}""#
    ),
    (#""x":{"Ann":1.10}"#, "Ann", "X", #""x":{"X":1.10}"#),
    (#""x":{"mrn":1.10}"#, "10", "X", #""x":{"mrn":"1.X"}"#),
  ])
  func `writes a replacement as its place demands`(
    _ member: String, _ wanted: String, _ replacement: String, _ expected: String
  ) throws {
    let body = Array(#"{"model":"m","messages":[{"role":"user",\#(member)}],"keep": 1.10 }"#.utf8)
    let request = try ModelRequest(body, for: .chatCompletions)
    let result = request.body(replacing: [try edit(request, wanted, replacement)])
    #expect(text(result) == #"{"model":"m","messages":[{"role":"user",\#(expected)}],"keep": 1.10 }"#)
  }

  /// A backslash before b, f, n, r, t or u takes the letter away from what is read as an escape, but not from the model.
  @Test(arguments: [
    (#"CLINIC\\robert smith"#, "robert smith", #"CLINIC\\X"#),
    (#"\\\\srv\\patients\\nancy_brown.pdf"#, "nancy_brown", #"\\\\srv\\patients\\X.pdf"#),
    (#"see H:\\rodriguez_maria"#, "rodriguez_maria", #"see H:\\X"#),
    (#"\\frank, \"\\tina\" and \\u00e9va"#, "tina", #"\\frank, \"\\X\" and \\u00e9va"#),
    (#"one\\nAnn two"#, "Ann", #"one\\nX two"#), (#"\\u0041nn"#, "Ann", "X"), (#"\\u0041nn"#, "u0041nn", #"\\X"#),
  ])
  func `shows a text with backslashes as it is written and as it may be meant`(
    _ content: String, _ wanted: String, _ expected: String
  ) throws {
    let body = #"{"model":"m","messages":[{"content":"\#(content)"}]}"#
    let request = try ModelRequest(Array(body.utf8), for: .chatCompletions)
    let result = request.body(replacing: [try edit(request, wanted, "X")])
    #expect(text(result) == body.replacing(content, with: expected))
  }

  @Test func `changes once what is found in both readings, by what covers more`() throws {
    let body = #"{"model":"m","messages":[{"content":"\\robert smith, \\nAnn"}]}"#
    let request = try ModelRequest(Array(body.utf8), for: .chatCompletions)
    let view = text(request.view)
    let wanted = [("obert smith", "B"), ("Ann", "C"), ("robert smith", "A"), ("nAnn", "D")]
    let edits = try wanted.enumerated().map { place, one in
      let half =
        place < 2
        ? view.startIndex..<view.endIndex : try #require(view.firstRange(of: "\n\n\\")).upperBound..<view.endIndex
      let range = try #require(view[half].firstRange(of: one.0))
      let start = view.utf8.distance(from: view.startIndex, to: range.lowerBound)
      return Edit(start..<start + one.0.utf8.count, with: Array(one.1.utf8))
    }
    #expect(text(request.body(replacing: edits)) == #"{"model":"m","messages":[{"content":"\\A, \\D"}]}"#)
  }

  @Test func `shows once what has backslashes and no such letter behind them`() throws {
    let body = #"{"model":"m","messages":[{"content":"say \\\"Ann\\\" at C:\\Users\\Ann or a\\/b"}]}"#
    #expect(
      try text(ModelRequest(Array(body.utf8), for: .chatCompletions).view) == #"say "Ann" at C:\Users\Ann or a/b"#)
  }

  @Test func `puts an edit over several strings into the first and empties the rest`() throws {
    let body = Array(#"{"model":"m","messages":[{"content":"I am Maria"},{"content":"Gonzalez here"}]}"#.utf8)
    let request = try ModelRequest(body, for: .chatCompletions)
    let result = request.body(replacing: [try edit(request, "Maria\n\nGonzalez", "N")])
    #expect(text(result) == #"{"model":"m","messages":[{"content":"I am N"},{"content":" here"}]}"#)
  }

  @Test func `drops an edit of context`() throws {
    let body = Array(#"{"model":"m","messages":[{"content":"a"},{"content":"b"}],"user":"u7"}"#.utf8)
    let request = try ModelRequest(body, for: .chatCompletions)
    #expect(request.body(replacing: [try edit(request, "user: ", "X")]) == body)
    #expect(request.body(replacing: [Edit(1..<3, with: [0x58])]) == body)
  }

  @Test func `inserts at both ends of a string`() throws {
    let body = Array(#"{"model":"m","messages":[{"content":"ab"}]}"#.utf8)
    let request = try ModelRequest(body, for: .chatCompletions)
    let result = request.body(replacing: [Edit(0..<0, with: [0x3C]), Edit(2..<2, with: [0x3E])])
    #expect(text(result) == #"{"model":"m","messages":[{"content":"<ab>"}]}"#)
  }

  @Test func `gives back the body when nothing is edited, white space and all`() throws {
    let body = Array(" {\t\"model\" : \"m\",\r\n\"messages\":[ ] , \"x\":[1.10,-0,1E+2,\"\\u0041\\/\"]}\n".utf8)
    #expect(try ModelRequest(body, for: .chatCompletions).body(replacing: []) == body)
  }

  @Test(arguments: [[2..<3, 0..<1], [0..<2, 1..<3], [0..<4]])
  func `traps on edits that are out of order or out of bounds`(_ ranges: [Range<Int>]) async {
    await #expect(processExitsWith: .failure) { [ranges] in
      let body = Array(#"{"model":"m","messages":[{"content":"abc"}]}"#.utf8)
      _ = try ModelRequest(body, for: .chatCompletions).body(replacing: ranges.map { Edit($0, with: []) })
    }
  }

  @Test func `shows its edits, and nothing else has changed, at every level`() throws {
    let seed: UInt64 = 41
    var random = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let body = randomBody(&random)
      let request = try ModelRequest(body, for: .chatCompletions)
      let edits = randomEdits(of: request.view, &random)
      let edited = request.body(replacing: edits)
      let effective = edits.filter { request.body(replacing: [$0]) != body }
      let expected = spliced(request.view.span, replacing: effective.map { ($0.range, $0.replacement) })
      #expect(try text(ModelRequest(edited, for: .chatCompletions).view) == text(expected), "seed \(seed)")
      #expect(request.body(replacing: effective) == edited, "seed \(seed)")
    }
  }

  private func randomBody(_ random: inout SeededGenerator) -> [UInt8] {
    let content = JSONValue.string(text(randomValue(0, inArray: true, &random).bytes))
    let free = randomValue(0, inArray: false, &random)
    let message: JSONValue = ["role": "user", "content": content]
    return (["model": "m", "messages": [message], "free": free, "b": true] as JSONValue).bytes
  }

  private func randomValue(_ level: Int, inArray: Bool, _ random: inout SeededGenerator) -> JSONValue {
    let words = ["Ann", "é\"\\", "😀x", "a\nb", "7", "", "한국"]
    let word = words[Int.random(in: 0..<words.count, using: &random)]
    let isDeep = level >= 3
    // An array that a name stands before shows the name again for each element, so that an edit of it shows twice.
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where !isDeep && inArray:
      return [randomValue(level + 1, inArray: true, &random), randomValue(level + 1, inArray: true, &random)]
    case 1 where !isDeep:
      return ["key\(word)": randomValue(level + 1, inArray: false, &random), "nn": .number("1.10")]
    case 2 where !isDeep: return .string(text(randomValue(level + 1, inArray: inArray, &random).bytes))
    case 3: return .number("12345")
    default: return .string("\(word) \(word)")
    }
  }

  private func randomEdits(of view: [UInt8], _ random: inout SeededGenerator) -> [Edit] {
    var edits: [Edit] = []
    var start = 0
    while start < view.count {
      var end = start + 1
      while end < view.count, view[end] & 0xC0 == 0x80 { end += 1 }
      if Int.random(in: 0..<6, using: &random) == 0 { edits.append(Edit(start..<end, with: Array("<\"é>".utf8))) }
      start = end
    }
    return edits
  }

  private func edit(_ request: ModelRequest, _ wanted: String, _ replacement: String) throws -> Edit {
    let view = text(request.view)
    let found = try #require(view.firstRange(of: wanted))
    let start = view.utf8.distance(from: view.startIndex, to: found.lowerBound)
    return Edit(start..<start + wanted.utf8.count, with: Array(replacement.utf8))
  }
}
