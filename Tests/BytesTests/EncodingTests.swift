import Bytes
import TestKit
import Testing

struct EncodingTests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", "", "", ""), ("f", "Zg==", "Zg", "66"), ("fo", "Zm8=", "Zm8", "666f"), ("foo", "Zm9v", "Zm9v", "666f6f"),
    ("foob", "Zm9vYg==", "Zm9vYg", "666f6f62"), ("fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"),
    ("foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"),
  ])
  func `agrees with the vectors of RFC 4648`(_ text: String, _ base64: String, _ base64URL: String, _ hex: String) {
    let bytes = Array(text.utf8)
    #expect(Base64.encode(bytes) == base64)
    #expect(Base64.decode(base64) == bytes)
    #expect(Base64URL.encode(bytes) == base64URL)
    #expect(Base64URL.decode(base64URL) == bytes)
    #expect(Hex.encode(bytes) == hex)
    #expect(Hex.decode(hex.uppercased()) == bytes)
  }

  @Test func `uses the URL's own digits`() {
    #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64URL.decode("+/8") == nil)
    #expect(Base64.decode("-_8=") == nil)
  }

  @Test(arguments: ["Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "=Zg="])
  func `refuses base64 that is not the one encoding`(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(arguments: ["Zg==", "Zh", "Z", "Zm9", "Zm9vY"])
  func `refuses base64url that is not the one encoding`(_ text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test(arguments: ["0", "0g", "0x", " 00"])
  func `refuses digits that are not hexadecimal pairs`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test func `gives back any bytes`() {
    let seed: UInt64 = 11
    var random = SeededGenerator(seed: seed)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes, "seed \(seed)")
      #expect(Hex.decode(Hex.encode(bytes)) == bytes, "seed \(seed)")
    }
  }
}
