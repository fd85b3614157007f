import Bytes
import Testing

import Providers

struct AmazonEventStreamTests {
  private static let chunk = BedrockSamples.chunk(#"{"type":"ping"}"#)

  private static func messages(_ bytes: [UInt8]) throws(AmazonEventStream.Fault) -> [AmazonEventStream.Message] {
    var stream = AmazonEventStream()
    stream.append(bytes.span)
    var messages: [AmazonEventStream.Message] = []
    while let message = try stream.next() { messages.append(message) }
    return messages
  }

  @Test func `reads the empty message of AWS's own test suite`() throws {
    let empty = try #require(Hex.decode("000000100000000005c248eb7d98c8ff"))
    #expect(BedrockSamples.message(headers: [], payload: []) == empty)
    #expect(try Self.messages(empty) == [AmazonEventStream.Message(headers: [:], payload: [])])
  }

  @Test func `reads headers of every type, and keeps those that are text`() throws {
    let others: [[UInt8]] = [
      [0], [1], [2, 9], [3, 0, 9], [4, 0, 0, 0, 9], [5] + [UInt8](repeating: 1, count: 8), [6, 0, 2, 7, 7],
      [8] + [UInt8](repeating: 2, count: 8), [9] + [UInt8](repeating: 3, count: 16),
    ]
    var headers: [UInt8] = []
    for (index, other) in others.enumerated() { headers += [1, 0x61 + UInt8(index)] + other }
    let bytes = BedrockSamples.message(headers: headers + BedrockSamples.text(":event-type", "chunk"), payload: [1, 2])
    #expect(try Self.messages(bytes) == [.init(headers: [":event-type": "chunk"], payload: [1, 2])])
  }

  @Test func `reads the same at every cut`() throws {
    let bytes = Self.chunk + BedrockSamples.exception("throttlingException") + Self.chunk
    let whole = try Self.messages(bytes)
    #expect(whole.count == 3)
    for cut in 0...bytes.count {
      var stream = AmazonEventStream()
      var messages: [AmazonEventStream.Message] = []
      for piece in [bytes[..<cut], bytes[cut...]] {
        stream.append(Array(piece).span)
        while let message = try stream.next() { messages.append(message) }
      }
      #expect(messages == whole && stream.isBetween)
    }
  }

  @Test func `takes no message in which a byte has changed`() {
    for place in Self.chunk.indices {
      for bit in 0..<8 {
        var bytes = Self.chunk
        bytes[place] ^= 1 << UInt8(bit)
        #expect(throws: AmazonEventStream.Fault.self) { try Self.messages(bytes) }
      }
    }
  }

  @Test(arguments: 1..<chunk.count)
  func `waits for the rest of a message that is cut`(_ length: Int) throws {
    var stream = AmazonEventStream()
    stream.append(Array(Self.chunk[..<length]).span)
    #expect(try stream.next() == nil)
    #expect(!stream.isBetween)
  }

  @Test(
    arguments: [
      ([UInt8](Hex.decode("7fffffff00000000") ?? []), AmazonEventStream.Fault.length),
      ([UInt8](Hex.decode("0000000f00000000") ?? []), .length),
      ([UInt8](Hex.decode("0000001000000001") ?? []), .length),
    ])
  func `does not wait for a message of a length that none has`(_ lengths: [UInt8], _ fault: AmazonEventStream.Fault) {
    let prelude = lengths + BedrockSamples.number(CRC32.checksum(lengths.span))
    #expect(throws: fault) { try Self.messages(prelude) }
  }

  @Test(
    arguments: [
      [1], [1, 0x61], [1, 0x61, 10], [1, 0x61, 7, 0], [1, 0x61, 7, 0, 5, 0x62], [200, 0x61, 0], [1, 0x61, 9, 1],
      BedrockSamples.text("a", "b") + BedrockSamples.text("a", "c"),
    ] as [[UInt8]])
  func `refuses headers that end too early, are of no known type, or come twice`(_ headers: [UInt8]) {
    #expect(throws: AmazonEventStream.Fault.headers) {
      try Self.messages(BedrockSamples.message(headers: headers, payload: []))
    }
  }
}
