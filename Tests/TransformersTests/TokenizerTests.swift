import Testing
import TestKit
import Transformers

struct TokenizerTests {
  @Test(arguments: ["word-piece", "byte-level"])
  func `cuts and places text as the reference implementation does`(_ name: String) throws {
    let tokenizer = try Tokenizer(reading: ReferenceCase.contents(of: "\(name).tokenizer.json"))
    for each in try ReferenceCase.read(name) {
      let tokens = tokenizer.tokens(of: each.text[...])
      #expect([tokenizer.first] + tokens.map(\.id) + [tokenizer.last] == each.ids, "\(each.testDescription)")
      let places = each.places.dropFirst().dropLast()
      #expect(
        zip(tokens.map(\.range), places).allSatisfy { $0 == $1 || $0.isEmpty && $1.isEmpty }
          && tokens.count == places.count,
        "\(each.testDescription)")
    }
  }

  @Test(arguments: ["word-piece", "byte-level"])
  func `places a part of a text where it stands in the whole`(_ name: String) throws {
    let tokenizer = try Tokenizer(reading: ReferenceCase.contents(of: "\(name).tokenizer.json"))
    let text = Array("Maria Gonzalez, seen by Dr. Okafor".utf8)
    let part = tokenizer.tokens(of: text[16...])
    #expect(part.map(\.range.lowerBound).min() == 16)
    #expect(part.map(\.range.upperBound).max() == text.count)
  }

  @Test func `takes control words in a text for ordinary text`() throws {
    let tokenizer = try Tokenizer(reading: ReferenceCase.contents(of: "word-piece.tokenizer.json"))
    let tokens = tokenizer.tokens(of: Array("a [SEP] b [CLS]".utf8)[...])
    #expect(!tokens.map(\.id).contains(tokenizer.first) && !tokens.map(\.id).contains(tokenizer.last))
  }

  @Test(arguments: ["word-piece", "byte-level"], [1, 2, 3] as [UInt64])
  func `keeps every place within any bytes and in order`(_ name: String, seed: UInt64) throws {
    let tokenizer = try Tokenizer(reading: ReferenceCase.contents(of: "\(name).tokenizer.json"))
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let length = Int.random(in: 0...200, using: &random)
      let isText = Bool.random(using: &random)
      let bytes: [UInt8] =
        isText
        ? Array(
          String(
            String.UnicodeScalarView(
              (0..<length).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFFF, using: &random)) })
          ).utf8)
        : (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let tokens = tokenizer.tokens(of: bytes[...])
      var last = 0
      for token in tokens {
        #expect(token.range.lowerBound >= 0 && token.range.upperBound <= bytes.count)
        #expect(token.range.lowerBound >= last || token.range.isEmpty || name == "byte-level")
        #expect((0..<tokenizer.size).contains(Int(token.id)))
        if isText, !token.range.isEmpty {
          #expect(bytes[token.range.lowerBound] & 0xC0 != 0x80, "a place begins with a scalar")
        }
        last = max(last, token.range.lowerBound)
      }
    }
  }

  @Test func `cuts a text without a space in time that grows with it`() throws {
    let tokenizer = try Tokenizer(reading: ReferenceCase.contents(of: "byte-level.tokenizer.json"))
    let tokens = tokenizer.tokens(of: [UInt8](repeating: 0x61, count: 20_000)[...])
    #expect(tokens.map(\.range.upperBound).max() == 20_000)
  }

  @Test(
    arguments: [
      ("", .notJSON),
      ("{}", .malformed),
      (#"{"model":{"type":"Unigram","vocab":{}}}"#, .unsupportedTokenizer),
      (
        #"{"model":{"type":"WordPiece","vocab":{"[UNK]":0}},"pre_tokenizer":{"type":"Whitespace"}}"#,
        .unsupportedTokenizer
      ),
      (
        #"{"model":{"type":"WordPiece","vocab":{"a":0}},"pre_tokenizer":{"type":"BertPreTokenizer"},"normalizer":{"type":"BertNormalizer"}}"#,
        .malformed
      ),
      (#"{"model":{"type":"WordPiece","vocab":{"a":-1}}}"#, .malformed),
      (#"{"model":{"type":"WordPiece","vocab":{"a":99999999999}}}"#, .malformed),
      (#"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel"}}"#, .malformed),
    ] as [(String, TransformerError.Code)])
  func `refuses a file that it would read differently`(_ text: String, _ code: TransformerError.Code) {
    var refusal: TransformerError?
    do throws(TransformerError) {
      _ = try Tokenizer(reading: Array(text.utf8))
    } catch {
      refusal = error
    }
    #expect(refusal?.code == code)
  }
}
