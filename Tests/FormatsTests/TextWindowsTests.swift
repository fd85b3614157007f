import Formats
import TestKit
import Testing

struct TextWindowsTests {
  private func windows(_ text: [UInt8], size: Int = 16, piece: Int = 7) throws -> [[UInt8]] {
    var windows = TextWindows(size: size)
    var result: [[UInt8]] = []
    var start = 0
    while start < text.count {
      let end = min(text.count, start + piece)
      try windows.push(Array(text[start..<end]).span)
      while let window = windows.next() { result.append(window) }
      start = end
    }
    try windows.finish()
    while let window = windows.next() { result.append(window) }
    return result
  }

  private func strings(_ text: String, size: Int = 16) throws -> [String] {
    try windows(Array(text.utf8), size: size).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `gives the text back, byte for byte, whatever the pieces`() throws {
    var random = SeededGenerator(seed: 20)
    let parts = ["a", "é", "日本", "𝕏", " ", "\n", "\r\n", "\n\n", ". ", "Maria Gonzalez", "0123456789", ",", "\t"]
    for round in 0..<300 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        text += parts[Int.random(in: 0..<parts.count, using: &random)].utf8
      }
      let result = try windows(text, piece: Int.random(in: 1...40, using: &random))
      #expect(Array(result.joined()) == text, "seed 20, round \(round)")
      #expect(result.allSatisfy { $0.count <= 32 && String(validating: $0, as: UTF8.self) != nil })
    }
  }

  @Test func `cuts at an empty line, else a line's end, else a sentence, else a space`() throws {
    #expect(try strings("aaaa aaaa. aaaa aaaa\n\nbbbb. bb\nbb\n bbb bbb")[0] == "aaaa aaaa. aaaa aaaa\n\n")
    #expect(try strings("aaaa aaaa. aaaa aaaa\r\n\r\nbbb. bb\nb b")[0] == "aaaa aaaa. aaaa aaaa\r\n\r\n")
    #expect(try strings("aaaa aaaa. aaaa aa aaaaaa\nbbb. bb bbb")[0] == "aaaa aaaa. aaaa aa aaaaaa\n")
    #expect(try strings("aaaaaaaa aaaaaa aa. aaaa aa aaa aaa aa")[0] == "aaaaaaaa aaaaaa aa. ")
    #expect(try strings("aaaaaaaaaaaaaaaaaaaaaaaaaaa aaaaaaaaaa")[0] == "aaaaaaaaaaaaaaaaaaaaaaaaaaa ")
    #expect(try strings("aaaaaaaaaaaaaaaaaaaa,aaaaaaaaaaaaaaaaa")[0] == "aaaaaaaaaaaaaaaaaaaa,")
    #expect(try strings("日日日日日日日日日日日日日日")[0] == "日日日日日日日日日日")
  }

  @Test func `keeps a byte order mark in a window of its own`() throws {
    #expect(try strings("\u{FEFF}Maria") == ["\u{FEFF}", "Maria"])
    #expect(try strings("\u{FEFF}") == ["\u{FEFF}"])
  }

  @Test func `has no window for an empty document`() throws {
    #expect(try windows([]) == [])
  }

  @Test(arguments: 1...9)
  func `names the first byte that is not UTF-8, across pieces`(piece: Int) {
    let cases: [([UInt8], Int)] = [
      ([0x61, 0xFF], 1), ([0xC3], 0), ([0x61, 0xE6, 0x97], 1), ([0xE6, 0x97, 0xA5, 0xED, 0xA0, 0x80], 3),
      ([0xF0, 0x9D, 0x95, 0x8F, 0x80], 4), ([0xC3, 0x28], 0),
      (Array(repeating: 0x61, count: 100) + [0xC0, 0xAF], 100),
    ]
    for (text, offset) in cases {
      #expect(throws: FormatsError(.malformedUTF8, at: offset)) { try windows(text, piece: piece) }
    }
  }

  @Test(arguments: [1, 3, 200])
  func `refuses a zero byte, so that UTF-16 is not taken for text without identifiers`(piece: Int) {
    let utf16: [UInt8] = [0x4D, 0, 0x61, 0, 0x72, 0, 0x69, 0, 0x61, 0]
    #expect(throws: FormatsError(.nulByte, at: 1)) { try windows(utf16, piece: piece) }
    #expect(throws: FormatsError(.nulByte, at: 100)) {
      try windows(Array(repeating: 0x61, count: 100) + [0], piece: piece)
    }
  }
}
