/// Reads, in the bytes that a TLS server sends first, what it agreed to.
///
/// The library that speaks TLS does not tell the cipher suite. The server's first message is in the clear in every
/// version, and says it (RFC 5246, section 7.4.1.3; RFC 8446, section 4.1.3).
package struct ServerHello {
  /// What the bytes so far say.
  package enum Reading: Hashable {
    /// The message is not whole yet.
    case unfinished
    /// No handshake: an alert, or bytes that are none of TLS's.
    case none
    /// A version that is not spoken, with the suite that was chosen.
    case unknownVersion(UInt16)
    case session(TLSSession)
  }

  /// Longer than any flight that has the message at its beginning.
  private static let longest = 1 << 17
  /// The random bytes by which a message is a request to begin again (RFC 8446, section 4.1.3).
  private static let retry: [UInt8] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11,
    0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
  ]

  private var bytes: [UInt8] = []

  /// Nothing was sent yet.
  package init() {}

  /// Takes the next bytes of the server's.
  package mutating func receive(_ more: some Sequence<UInt8>) -> Reading {
    bytes.append(contentsOf: more)
    guard bytes.count <= Self.longest else { return .none }
    return reading
  }

  private var reading: Reading {
    guard let messages = handshake else { return .none }
    var rest = messages[...]
    while rest.count >= 4 {
      let length = Int(rest[rest.startIndex + 1]) << 16 | Int(Self.uint16(rest.dropFirst(2)))
      guard rest.count >= 4 + length else { return .unfinished }
      let body = rest.dropFirst(4).prefix(length)
      if rest.first == 2, let found = Self.session(body) { return found }
      rest = rest.dropFirst(4 + length)
    }
    return .unfinished
  }

  /// The bytes of the handshake messages in the records so far; nil when a record of another kind came before the end.
  private var handshake: [UInt8]? {
    var messages: [UInt8] = []
    var rest = bytes[...]
    while let type = rest.first {
      guard rest.count >= 5 else { break }
      let length = Int(Self.uint16(rest.dropFirst(3)))
      guard rest[rest.startIndex + 1] == 3, type == 20 || type == 22 else { return messages.isEmpty ? nil : messages }
      guard rest.count >= 5 + length else { break }
      // A change of ciphers in between is there for the sake of middleboxes.
      if type == 22 { messages.append(contentsOf: rest.dropFirst(5).prefix(length)) }
      rest = rest.dropFirst(5 + length)
    }
    return messages
  }

  /// What a message agrees to; nil for one that asks the client to begin again.
  private static func session(_ body: ArraySlice<UInt8>) -> Reading? {
    guard body.count >= 38 else { return Reading.none }
    if body.dropFirst(2).prefix(32).elementsEqual(retry) { return nil }
    var version = uint16(body)
    var rest = body.dropFirst(34)
    guard let session = rest.first, rest.count >= 1 + Int(session) + 3 else { return Reading.none }
    rest = rest.dropFirst(1 + Int(session))
    let suite = CipherSuite(number: uint16(rest))
    var extensions = rest.dropFirst(3 + 2)
    while extensions.count >= 4 {
      let length = Int(uint16(extensions.dropFirst(2)))
      if uint16(extensions) == 43, length == 2, extensions.count >= 6 { version = uint16(extensions.dropFirst(4)) }
      extensions = extensions.dropFirst(4 + length)
    }
    guard let version = TLSSession.Version(number: version) else { return .unknownVersion(version) }
    return .session(TLSSession(version: version, suite: suite))
  }

  private static func uint16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    guard bytes.count >= 2 else { return 0 }
    return UInt16(bytes[bytes.startIndex]) << 8 | UInt16(bytes[bytes.startIndex + 1])
  }
}
