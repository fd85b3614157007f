import Bytes
import Ledger
import TestKit
import Testing

struct CRC32CTests {
  @Test(
    arguments: [
      ("", 0), ("123456789", 0xE306_9283), (String(repeating: "\0", count: 32), 0x8A91_36AA),
    ] as [(String, UInt32)])
  func `has the published values`(_ text: String, _ expected: UInt32) {
    let bytes = Array(text.utf8)
    #expect(CRC32C.checksum(bytes.span) == expected)
    #expect(CRC32C.portable(bytes.span) == expected)
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `is that of its definition at every length, by instructions and without`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bytes = (0..<1300).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for length in 0..<1300 {
      // Another beginning each time, so that words are read at every alignment.
      let piece = bytes.span.extracting(min(length % 9, 1300 - length)...).extracting(first: min(length, 1290))
      let expected = definedChecksum([UInt8](copying: piece))
      #expect(CRC32C.checksum(piece) == expected, "\(length) bytes")
      #expect(CRC32C.portable(piece) == expected, "\(length) bytes")
    }
  }
}
