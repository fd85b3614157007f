import Bytes
import Deidentification
import Detection
import PHI
import Testing

/// Token maps as bytes.
struct TokenMapBytesTests {
  @Test func `a map that was written stands for the same values`() throws {
    let text = Array(
      "Patient: Ottoline Brackenridge, MRN: 48291773. NAME_7_KTQ was here. Ms. Brackenridge, SSN 219-09-4417.".utf8)
    var tokens = SessionTokens(key: TokenKey(1, 2), asOf: try #require(CalendarDate("2026-11-21")))
    tokens.reserve(lookAlikesIn: text.span)
    let safe = tokens.tokenise(text, Scanner().findings(in: text))
    let map = try #require(TokenMap(bytes: tokens.map.bytes))
    #expect(map.count == tokens.map.count && map.bytes == tokens.map.bytes && map.count > 2)
    var restorer = Restorer(map)
    var restored: [UInt8] = []
    restorer.push(safe.span, into: &restored)
    restorer.finish(into: &restored)
    #expect(restored == text)
  }

  @Test func `bytes that are cut or changed in their form are no map`() throws {
    let text = Array("Patient: Ottoline Brackenridge".utf8)
    var tokens = SessionTokens(key: TokenKey(1, 2), asOf: try #require(CalendarDate("2026-11-21")))
    _ = tokens.tokenise(text, Scanner().findings(in: text))
    let bytes = tokens.map.bytes
    for count in 1..<bytes.count { #expect(TokenMap(bytes: Array(bytes.prefix(count))) == nil) }
    #expect(TokenMap(bytes: [])?.count == 0)
    #expect(TokenMap(bytes: bytes + [0]) == nil)
  }
}
