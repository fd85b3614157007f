/// An IPv4 or IPv6 address with the length of its network prefix.
package struct IPAddress: Hashable, Sendable {
  /// The two families of addresses.
  package enum Family: Sendable { case version4, version6 }

  /// Which family it is of.
  package let family: Family
  /// The address as written, its host bits kept.
  package let bits: UInt128
  /// How many leading bits name the network.
  package let prefix: Int

  /// The address or range that `text` writes; nil when it is none.
  package init?(_ text: Text) {
    let bytes = Array(text.string.utf8)
    // An IPv4 address inside an IPv6 one is refused: it reads as either.
    guard bytes.filter({ $0 == 0x3A }).count < 2 || bytes.filter({ $0 == 0x2E }).count < 2 else { return nil }
    let slash = bytes.firstIndex(of: 0x2F) ?? bytes.endIndex
    let address = bytes[..<slash]
    if let version4 = IPAddress.version4(address) {
      (family, bits) = (.version4, UInt128(version4))
    } else if let version6 = IPAddress.version6(address) {
      (family, bits) = (.version6, version6)
    } else {
      return nil
    }
    let width = family == .version4 ? 32 : 128
    guard slash < bytes.endIndex else {
      prefix = width
      return
    }
    guard let length = IPAddress.prefixLength(bytes[(slash + 1)...], limit: width) else { return nil }
    prefix = length
  }

  /// Whether every address of the range is a loopback address.
  package var isLoopback: Bool {
    switch family {
    case .version4: bits >> 24 == 127 && prefix >= 8
    case .version6: bits == 1 && prefix == 128
    }
  }

  /// Whether every address of the range is a multicast address.
  package var isMulticast: Bool {
    switch family {
    case .version4: bits >> 28 == 0xE && prefix >= 4
    case .version6: bits >> 120 == 0xFF && prefix >= 8
    }
  }

  /// Whether the range lies within `other`.
  package func isInRange(_ other: IPAddress) -> Bool {
    guard family == other.family, prefix >= other.prefix else { return false }
    let width = family == .version4 ? 32 : 128
    let host = width - other.prefix
    return host == 128 || bits >> host == other.bits >> host
  }

  private static func version4(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30 else { return nil }
      var octet: Int64 = 0
      for byte in part {
        guard let next = octet.appending(byte) else { return nil }
        octet = next
      }
      guard octet < 256 else { return nil }
      address = address << 8 | UInt32(octet)
    }
    return address
  }

  private static func version6(_ text: ArraySlice<UInt8>) -> UInt128? {
    var gap: Int?
    var index = text.startIndex
    while index + 1 < text.endIndex {
      if text[index] == 0x3A, text[index + 1] == 0x3A {
        gap = index
        break
      }
      index += 1
    }
    guard let gap else {
      guard let groups = groups(text), groups.count == 8 else { return nil }
      return joined(groups)
    }
    guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...]), head.count + tail.count <= 7 else {
      return nil
    }
    return joined(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
  }

  private static func joined(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

  private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var groups: [UInt16] = []
    for part in text.split(separator: 0x3A, omittingEmptySubsequences: false) {
      guard (1...4).contains(part.count), groups.count < 8 else { return nil }
      var group: UInt16 = 0
      for byte in part {
        guard let digit = hexDigit(byte) else { return nil }
        group = group << 4 | UInt16(digit)
      }
      groups.append(group)
    }
    return groups
  }

  private static func prefixLength(_ text: ArraySlice<UInt8>, limit: Int) -> Int? {
    guard (1...3).contains(text.count), text.count == 1 || text.first != 0x30 else { return nil }
    var length: Int64 = 0
    for byte in text {
      guard let next = length.appending(byte) else { return nil }
      length = next
    }
    return length <= limit ? Int(length) : nil
  }
}

extension IPAddress: CustomStringConvertible {
  /// The address and the length of its prefix.
  package var description: String {
    switch family {
    case .version4:
      "\(bits >> 24 & 255).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)/\(prefix)"
    case .version6:
      (0..<8).map { String(bits >> UInt128(112 - $0 * 16) & 0xFFFF, radix: 16) }.joined(separator: ":") + "/\(prefix)"
    }
  }
}

/// The number that a hexadecimal digit stands for.
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
