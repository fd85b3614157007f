import Ciphers
import TestKit
import Testing

struct StreamTests {
  private static let chunk = StreamSealer.chunkByteCount
  private static let overhead = 17 + 16

  private func key(seed: UInt64 = 1) -> SecretBytes {
    var random = SeededGenerator(seed: seed)
    return SecretBytes(count: 32, using: &random)
  }

  private func text(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 2)
    return [UInt8](randomCount: count, using: &random)
  }

  private func seal(_ text: [UInt8], context: [UInt8] = [1], portion: Int = .max) throws -> [UInt8] {
    var random = SeededGenerator(seed: 3)
    var sealer = try StreamSealer(key: key(), context: context, using: &random)
    var output: [UInt8] = []
    try inPortions(of: portion, text) { try sealer.update($0.span, into: &output) }
    try sealer.finish(into: &output)
    return output
  }

  private func open(_ sealed: [UInt8], context: [UInt8] = [1], seed: UInt64 = 1, portion: Int = .max) throws -> [UInt8]
  {
    var opener = try StreamOpener(key: key(seed: seed), context: context)
    var output: [UInt8] = []
    try inPortions(of: portion, sealed) { try opener.update($0.span, into: &output) }
    try opener.finish(into: &output)
    return output
  }

  @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5])
  func `opens what it sealed, whatever the portions`(_ count: Int) throws {
    let text = text(count)
    let sealed = try seal(text)
    let chunks = max(1, (count + Self.chunk - 1) / Self.chunk)
    #expect(sealed.count == 17 + count + 16 * chunks)
    for portion in [1_000, Self.chunk, Self.chunk + 16, 100_000] {
      #expect(try seal(text, portion: portion) == sealed)
      #expect(try open(sealed, portion: portion) == text)
    }
  }

  @Test func `refuses a stream cut anywhere near an end of a chunk`() throws {
    let sealed = try seal(text(2 * Self.chunk))
    let places = [0, 1, 16, 17, 18, 17 + Self.chunk, 17 + Self.chunk + 16, sealed.count - 16, sealed.count - 1]
    for place in places {
      #expect(throws: CipherError(code: .notAuthentic)) { try open(Array(sealed[..<place])) }
    }
  }

  @Test func `refuses chunks moved, repeated, dropped or added`() throws {
    let sealed = try seal(text(3 * Self.chunk))
    let size = Self.chunk + 16
    let head = Array(sealed[..<17])
    let chunks = (0..<3).map { Array(sealed[17 + $0 * size..<17 + ($0 + 1) * size]) }
    for order in [[1, 0, 2], [0, 2], [0, 0, 1, 2], [0, 1], [2], [0, 1, 2, 2], [2, 1, 0]] {
      let changed = order.reduce(head) { $0 + chunks[$1] }
      #expect(throws: CipherError(code: .notAuthentic), "\(order)") { try open(changed) }
    }
    #expect(throws: CipherError(code: .notAuthentic)) { try open(sealed + [0]) }
  }

  @Test func `refuses an empty last chunk after a full one`() throws {
    let whole = try seal(text(Self.chunk))
    let empty = try seal([])
    #expect(throws: CipherError(code: .notAuthentic)) { try open(whole + empty.dropFirst(17)) }
  }

  @Test func `refuses a changed byte, another context, another key and another version`() throws {
    let sealed = try seal(text(40))
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: CipherError(code: .notAuthentic)) { try open(changed) }
    }
    #expect(throws: CipherError(code: .notAuthentic)) { try open(sealed, context: [2]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try open(sealed, seed: 9) }
  }

  @Test func `refuses keys of another length`() throws {
    var random = SeededGenerator(seed: 1)
    #expect(throws: CipherError(code: .invalidKey)) {
      let short = SecretBytes(count: 16, using: &random)
      _ = try StreamSealer(key: short, context: [], using: &random)
    }
    #expect(throws: CipherError(code: .invalidKey)) {
      _ = try StreamOpener(key: SecretBytes(count: 16, using: &random), context: [])
    }
  }
}

/// Hands `bytes` to `body` in portions of one length.
func inPortions(of count: Int, _ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) rethrows {
  var start = 0
  while start < bytes.count {
    let end = start + min(count, bytes.count - start)
    try body(Array(bytes[start..<end]))
    start = end
  }
}
