import Bytes
import TestKit
import Testing

struct ScanTests {
  @Test func `marks digits, other bytes and single bytes of a block as the plain loop does`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      let bytes = (0..<80).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0x28...0x42, using: &random) : .random(in: 0...255, using: &random)
      }
      let block = Block(bytes.span, at: 9)
      let window = bytes[9..<73]
      func mask(_ test: (UInt8) -> Bool) -> UInt64 {
        window.enumerated().reduce(0) { $0 | (test($1.element) ? 1 << UInt64($1.offset) : 0) }
      }
      #expect(block.digits == mask(ASCII.isDigit))
      #expect(block.hasDigit == window.contains(where: ASCII.isDigit))
      #expect(block.nonASCII == mask { $0 >= 0x80 })
      #expect(block.isASCII == window.allSatisfy { $0 < 0x80 })
      #expect(block.equal(to: 0x2D) == mask { $0 == 0x2D })
      #expect(block.equal(to: 0x2D, or: 0x3A) == mask { $0 == 0x2D || $0 == 0x3A })
      for start in [0, 3, 16, 71, 79, 80] {
        let first = bytes[start...].firstIndex { $0 == 0x2D || $0 == 0x3A }
        #expect(bytes.span.firstIndex(of: 0x2D, or: 0x3A, from: start) == first)
      }
      #expect(block.continuations == mask { $0 & 0xC0 == 0x80 })
    }
  }

  @Test func `classes every byte as Unicode does for ASCII`() {
    for byte in UInt8.min...UInt8.max {
      let character = byte < 0x80 ? Character(Unicode.Scalar(byte)) : nil
      #expect(ASCII.isDigit(byte) == (character?.isWholeNumber ?? false))
      #expect(ASCII.isLetter(byte) == (character?.isLetter ?? false))
      #expect(ASCII.isSpace(byte) == (character?.isWhitespace ?? false && byte < 0x1C || byte == 0x20))
      #expect(ASCII.isHexDigit(byte) == (character?.isHexDigit ?? false))
      #expect(ASCII.hexDigit(byte).map(Int.init) == character?.hexDigitValue)
      let isPunctuation = character.map { $0.isPunctuation || $0.isSymbol } ?? false
      #expect(ASCII.isPunctuation(byte) == isPunctuation)
      #expect(ASCII.isUppercase(byte) == (character?.isUppercase ?? false))
      #expect(ASCII.lowercased(byte) == (character?.lowercased().utf8.first ?? byte))
      #expect(ASCII.uppercased(byte) == (character?.uppercased().utf8.first ?? byte))
    }
  }

  @Test(
    arguments: [
      ([0x61, 0xC3, 0xA9], nil), ([0x61, 0xC3], 1), ([0xC0, 0x80], 0), ([0x61, 0x62, 0xED, 0xA0, 0x80], 2), ([], nil),
      ([0x00], nil), ([0xF4, 0x90, 0x80, 0x80], 0),
    ] as [([UInt8], Int?)])
  func `finds the first byte that is not UTF-8`(_ bytes: [UInt8], _ place: Int?) {
    #expect(firstInvalidUTF8(in: bytes) == place)
  }

  @Test func `counts code points before any byte`() {
    let text = String(repeating: "aé€😀 plain text ", count: 12)
    let bytes = Array(text.utf8)
    var everyOne = CodePointOffsets()
    var offset = 0
    for (index, scalar) in text.unicodeScalars.enumerated() {
      #expect(everyOne.codePoints(before: offset, in: bytes.span) == index)
      var fresh = CodePointOffsets()
      #expect(fresh.codePoints(before: offset, in: bytes.span) == index)
      offset += UTF8.width(scalar)
    }
    #expect(everyOne.codePoints(before: bytes.count, in: bytes.span) == text.unicodeScalars.count)
  }
}

struct SearchTests {
  @Test(arguments: [0, 1, 7, 63, 64, 65, 127, 128, 129, 300])
  func `finds a byte at every place of a text`(_ length: Int) {
    for place in 0..<length {
      var text = [UInt8](repeating: 0x61, count: length)
      text[place] = 0x0A
      for start in 0...place { #expect(text.span.firstIndex(of: 0x0A, from: start) == place) }
      #expect(text.span.firstIndex(of: 0x0A, from: place + 1) == nil)
    }
  }

  @Test func `finds nothing where there is nothing`() {
    #expect([UInt8]().span.firstIndex(of: 0) == nil)
    #expect([UInt8](repeating: 1, count: 200).span.firstIndex(of: 0) == nil)
  }
}
