import Bytes
import Gateway
import TestKit
import Testing

struct ServerHelloTests {
  private static let random = [UInt8](repeating: 0xAB, count: 32)
  private static let retry = Hex.decode("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c") ?? []

  /// A ServerHello with this suite, and the version in the extension that TLS 1.3 has for it.
  private static func message(
    _ suite: UInt16, version: UInt16 = 0x0303, selected: UInt16? = nil, random: [UInt8] = random, session: Int = 32
  ) -> [UInt8] {
    func two(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    let selection = selected.map { [0x00, 0x2B, 0x00, 0x02] + two($0) } ?? []
    let extensions = [0x00, 0x17, 0x00, 0x00] + selection
    let body =
      two(version) + random + [UInt8(session)] + [UInt8](repeating: 7, count: session) + two(suite) + [0]
      + two(UInt16(extensions.count)) + extensions
    return [2, 0] + two(UInt16(body.count)) + body
  }

  private static func record(_ type: UInt8, _ fragment: [UInt8]) -> [UInt8] {
    [type, 3, 3, UInt8(fragment.count >> 8), UInt8(fragment.count & 0xFF)] + fragment
  }

  private static func read(_ bytes: [UInt8]) -> ServerHello.Reading {
    var hello = ServerHello()
    return hello.receive(bytes)
  }

  @Test func `reads version and suite of TLS 1.3 and of TLS 1.2`() {
    let newer = Self.record(22, Self.message(0x1302, selected: 0x0304))
    #expect(Self.read(newer) == .session(TLSSession(version: .tls13, suite: CipherSuite(number: 0x1302))))
    let older = Self.record(22, Self.message(0xC02F, session: 0))
    #expect(Self.read(older) == .session(TLSSession(version: .tls12, suite: CipherSuite(number: 0xC02F))))
  }

  @Test(arguments: [UInt16(0x0301), 0x0302, 0x0300, 0x7F1C]) func `knows no other version`(_ version: UInt16) {
    #expect(Self.read(Self.record(22, Self.message(0xC013, version: version))) == .unknownVersion(version))
  }

  @Test func `goes on after a request to begin again`() {
    var hello = ServerHello()
    let again = Self.record(22, Self.message(0x1301, selected: 0x0304, random: Self.retry))
    #expect(hello.receive(again + Self.record(20, [1])) == .unfinished)
    #expect(
      hello.receive(Self.record(22, Self.message(0x1303, selected: 0x0304)))
        == .session(TLSSession(version: .tls13, suite: CipherSuite(number: 0x1303))))
  }

  @Test func `says the same at every split, and in records of every length`() {
    let message = Self.message(0x1302, selected: 0x0304)
    let whole = Self.record(22, message) + Self.record(23, [1, 2, 3])
    let expected = ServerHello.Reading.session(TLSSession(version: .tls13, suite: CipherSuite(number: 0x1302)))
    for split in 0...whole.count {
      var hello = ServerHello()
      let first = hello.receive(whole[..<split])
      #expect(first == .unfinished || first == expected)
      #expect(hello.receive(whole[split...]) == expected)
    }
    for length in 1...message.count {
      let records = stride(from: 0, to: message.count, by: length).flatMap {
        Self.record(22, Array(message[$0..<min($0 + length, message.count)]))
      }
      #expect(Self.read(records) == expected)
    }
  }

  @Test func `takes an alert, and bytes of another protocol, for none`() {
    #expect(Self.read(Self.record(21, [2, 40])) == .none)
    #expect(Self.read(Array("HTTP/1.1 400 Bad Request\r\n".utf8)) == .none)
    #expect(Self.read([]) == .unfinished)
  }

  @Test func `reads whatever it is given, and says the same of it in two parts`() {
    let seed = UInt64.random(in: 0..<1 << 32)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let whole = Self.record(22, Self.message(0x1302, selected: 0x0304))
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
      var hello = ServerHello()
      let split = Int.random(in: 0...bytes.count, using: &random)
      _ = hello.receive(bytes[..<split])
      #expect(hello.receive(bytes[split...]) == Self.read(bytes))
    }
  }

  @Test func `only suites with ECDHE and AES-GCM are approved, and ChaCha20 is known beside them`() {
    let pinned = (UInt16.min...UInt16.max).map(CipherSuite.init(number:)).filter(\.isPinned)
    #expect(pinned.count == 9)
    #expect(
      pinned.filter { !$0.isApproved }.map(\.description) == [
        "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      ])
    #expect(pinned.filter(\.isApproved).allSatisfy { $0.description.contains("_GCM_") })
  }
}
