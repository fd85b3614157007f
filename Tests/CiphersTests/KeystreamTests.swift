import Ciphers
import Testing

struct KeystreamTests {
  /// As `openssl enc -aes-256-ctr -K 00…00 -iv 0` writes it; the first block is the one of FIPS 197 for zeros.
  @Test func `is AES-256 of the counters from zero`() throws {
    var zeros = [UInt8](repeating: 0, count: 32)
    let key = SecretBytes(taking: &zeros)
    let words = try Keystream.withWords(4, of: key) { words in words.indices.map { words[$0] } }
    #expect(
      words.map(\.byteSwapped) == [
        0xdc95_c078_a240_8989, 0xad48_a214_9284_2087, 0x530f_8afb_c745_36b9, 0xa963_b4f1_c4cb_738b,
      ])
    #expect(try Keystream.withWords(2, of: key) { words in words.indices.map { words[$0] } } == Array(words.prefix(2)))
  }
}
