import Bytes
import Ciphers
import TestKit
import Testing

struct DigestPairTests {
  @Test(arguments: [1, 2] as [UInt64])
  func `gives what two computations give, at all lengths around the ends of blocks`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bytes = (0..<1500).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let lengths = [0, 1, 54, 55, 56, 62, 63, 64, 65, 118, 119, 120, 126, 127, 128, 129, 1290, 1400]
    for first in lengths {
      for second in lengths {
        let (left, right) = (bytes.span.extracting(first: first), bytes.span.extracting(last: second))
        let pair = Digest.pair(0x00, left, right)
        let prefix: [UInt8] = [0x00]
        let whole = [prefix + [UInt8](copying: left), prefix + [UInt8](copying: right)]
        #expect([pair.0, pair.1] == whole.map { Digest(hashing: $0.span) }, "\(first), \(second)")
      }
    }
  }

  @Test func `hashes a byte and two digests as one message`() {
    let (left, right) = (Digest(hashing: Array("left".utf8).span), Digest(hashing: Array("right".utf8).span))
    let message: [UInt8] = [0x01] + left.bytes + right.bytes
    #expect(Digest(hashing: 0x01, left, right) == Digest(hashing: message.span))
  }
}
