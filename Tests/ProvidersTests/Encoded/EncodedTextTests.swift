import Bytes
import PHI
import Providers
import TestKit
import Testing

/// Base64 in a request: what it says is searched, and what says nothing is named.
struct EncodedTextTests {
  private static let note = "Patient: Maria Gonzalez, MRN 4471902, seen on 03/14/2026 by Dr. Chen in the clinic."

  private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }

  /// `text` in lines of `width`, each after `mark`.
  private static func folded(_ text: String, _ width: Int, after mark: String = "", by end: String = "\n") -> String {
    stride(from: 0, to: text.utf8.count, by: width).map { mark + text.dropFirst($0).prefix(width) }
      .joined(separator: end)
  }

  /// Random bytes, the same each time.
  private static func bytes(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  private static let encoded = base64(note)
  private static let forAddresses = Base64URL.encode(Array(note.utf8))

  @Test(arguments: [
    encoded, "see \(encoded) please", forAddresses, encoded.replacing("=", with: ""), "<\(encoded)>",
    folded(encoded, 76), folded(encoded, 64, by: "\r\n"), folded(encoded, 20), folded(encoded, 8, by: " "),
    folded(encoded, 60, after: "> "), "note:\n\n    " + folded(encoded, 60, after: "    ") + "\n\nThat was all of it.",
    "https://clinic.example/open?d=\(forAddresses)&x=1",
    "-----BEGIN NOTE-----\n\(folded(encoded, 64))\n-----END NOTE-----",
    "var note = '\(encoded)';",
  ])
  func `shows what base64 says`(_ content: String) throws {
    let request = try request(saying: content)
    #expect(text(request.view) == "\(content)\n\n\(Self.note)")
    #expect(request.uninspectable.isEmpty)
  }

  @Test(arguments: [
    ("Sm9obiBTbWl0aA==", "John Smith"), ("Sm9obiBTbWl0aA", "John Smith"), ("MjE5LTA5LTQ0MTc=", "219-09-4417"),
    ("UmVuw6ll", "Renée"), ("0JjQstCw0L0g0JjQstCw0L3QvtCy", "Иван Иванов"),
    ("4a6f686e20536d697468", "John Smith"), ("4D524E3A2034343731393032", "MRN: 4471902"),
    ("eyJuYW1lIjoiSm9obiBTbWl0aCJ9", #"{"name":"John Smith"}"#),
  ])
  func `shows what a short one says`(_ encoded: String, _ said: String) throws {
    let request = try request(saying: "id \(encoded) ok")
    #expect(text(request.view) == "id \(encoded) ok\n\n\(said)")
  }

  @Test func `shows a readable part, wherever its letters begin`() throws {
    for place in 0..<4 {
      let path = "open/view"[...].dropLast(place) + "/" + Self.forAddresses
      let view = text(try request(saying: "/\(path)").view)
      #expect(view.contains("atient: Maria Gonzalez, MRN 4471902"))
    }
  }

  @Test func `shows what the parts of a signed token say, and takes its signature for one`() throws {
    let claims = #"{"sub":"4471902","name":"Maria Gonzalez"}"#
    let parts = [#"{"alg":"RS256","typ":"JWT"}"#, claims].map { Base64URL.encode(Array($0.utf8)) }
    let token = (parts + [Base64URL.encode(Self.bytes(512))]).joined(separator: ".")
    let request = try request(saying: "Authorization: Bearer \(token)")
    #expect(text(request.view).hasSuffix("\n\n\(claims)"))
    #expect(request.uninspectable.isEmpty)
  }

  @Test func `writes anew what was to be replaced in it, and nothing else`() throws {
    for (content, end) in [
      (Self.encoded, "="), (Self.forAddresses, ""), (Self.folded(Self.encoded, 76), "="),
      (#"{"note":"\#(Self.encoded)"}"#, "="), ("cut here \(Self.encoded)\" and go on", "="),
    ] {
      let request = try request(saying: content)
      let view = text(request.view)
      let found = try #require(view.range(of: "Maria Gonzalez", in: Self.note))
      let result = text(request.body(replacing: [Edit(found, with: Array("NAME_1_KTQ".utf8))]))
      let safe = Self.note.replacing("Maria Gonzalez", with: "NAME_1_KTQ")
      let written = end.isEmpty ? Base64URL.encode(Array(safe.utf8)) : Self.base64(safe)
      let plain = content.replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
      let old = end.isEmpty ? Self.forAddresses : Self.encoded
      let expected = plain.replacing("\\n", with: "").replacing(old, with: written)
      #expect(result == text(body(expected)))
    }
  }

  @Test func `says nothing else with the letters around a readable part that changes`() throws {
    let bytes = Self.bytes(40) + Array("\u{1}Maria Gonzalez of Springfield\u{2}".utf8) + Self.bytes(40, seed: 8)
    let request = try request(saying: Base64.encode(bytes))
    let found = try #require(text(request.view).range(of: "Maria Gonzalez", in: "Maria Gonzalez"))
    let changed = text(request.body(replacing: [Edit(found, with: Array("N".utf8))]))
    let letters = changed.dropFirst(text(body("")).utf8.count - 4).dropLast(4)
    let decoded = try #require(Base64.decode(String(letters)))
    #expect(decoded.starts(with: bytes.prefix(40)))
    #expect(Array(decoded.suffix(40)) == Array(bytes.suffix(40)))
    #expect(!text(decoded).contains("Maria"))
  }

  @Test func `changes once what is found as it is written and as it is meant`() throws {
    let request = try request(saying: "a Sm9obiBTbWl0aA== b")
    let (place, letters) = (try #require(text(request.view).range(of: "John", in: "John")), 4..<10)
    let result = request.body(replacing: [Edit(letters, with: [0x58]), Edit(place, with: [0x59])])
    #expect(result == body("a \(Self.base64("Y Smith")) b"))
  }

  @Test(arguments: [
    Base64.encode(bytes(500)), folded(Base64.encode(bytes(500)), 76), folded(Base64.encode(bytes(500)), 20),
    folded(Base64URL.encode(bytes(500)), 10, by: " "), Base64.encode([0x1F, 0x8B, 0x08, 0, 0] + bytes(30)),
    Base64.encode([0x89, 0x50, 0x4E, 0x47] + bytes(30)), Base64.encode(Array("%PDF-1.7\n".utf8) + bytes(60)),
    Base64.encode(Array("Maria Gonzalez".utf8).flatMap { [$0, 0] }),
    Base64.encode(Array("Patiente: Renée Gonzalez".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })),
    base64(base64(note)), String(repeating: "7", count: 1100), String(repeating: "ACGT", count: 300),
  ])
  func `names bytes that nobody can read`(_ content: String) throws {
    let request = try request(saying: "here: \(content)\nthat is it")
    #expect(request.uninspectable.map(\.reason) == [.encodedBytes])
    #expect(request.uninspectable.map(\.path) == ["messages[0].content"])
  }

  @Test(arguments: [
    "call_Zk3v9QhR2mN8xT1bY6cW0pLs", "toolu_01A09q90qw90lq917835lq9", "AKIAIOSFODNN7EXAMPLE",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    Base64.encode(bytes(32)), "sha512-" + Base64.encode(bytes(64)), Base64.encode(bytes(256)),
    "ssh-rsa " + Base64.encode(bytes(279)), "src/Providers/Requests/RequestReader+Values.swift",
    "getElementsByTagNameFromDocumentFragment", String(repeating: "-", count: 2000), String(repeating: "=", count: 99),
    (0..<80).map { _ in "0x00FF00FF" }.joined(separator: "\n"),
    (0..<80).map { "A\(1000 + $0)" }.joined(separator: "\n"),
    "Electroencephalographically MultidrugResistantTuberculosis", "DeAngelo McCarthy VanDerBerg O'Connor",
  ])
  func `leaves ids, digests, keys, names of programs and words alone`(_ content: String) throws {
    let request = try request(saying: content)
    #expect(text(request.view) == content)
    #expect(request.uninspectable.isEmpty)
  }

  @Test func `takes time in proportion to the text, whatever its lines`() throws {
    for unit in ["abcdABCD1\n", "aB3d\n", "aaaa ", "Ab+/\n> "] {
      let request = try request(saying: String(repeating: unit, count: 20_000))
      #expect(request.view.count >= unit.utf8.count * 20_000)
    }
  }

  private func request(saying content: String) throws -> ModelRequest {
    let escaped = text(JSONString.escaped(Array(content.utf8).span))
    return try ModelRequest(body(escaped), for: .chatCompletions)
  }

  private func body(_ escaped: String) -> [UInt8] {
    Array(#"{"model":"m","messages":[{"role":"user","content":"\#(escaped)"}]}"#.utf8)
  }
}

extension String {
  /// Where `part` of `whole` stands in the last occurrence of `whole`, in bytes.
  fileprivate func range(of part: String, in whole: String) -> Range<Int>? {
    guard let start = ranges(of: whole).last?.lowerBound, let place = whole.firstRange(of: part)?.lowerBound else {
      return nil
    }
    let lower = utf8.distance(from: utf8.startIndex, to: start) + whole.utf8.distance(from: whole.startIndex, to: place)
    return lower..<lower + part.utf8.count
  }
}
