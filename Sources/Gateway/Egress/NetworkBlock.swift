import Glibc

/// An address of IPv4 or IPv6, or all addresses with the same beginning.
package struct NetworkBlock: Hashable, Sendable {
  /// What an address is of.
  package enum Family: String, Hashable, Sendable, CaseIterable { case v4, v6 }

  package let family: Family
  /// The address, or the first of the block.
  package let bytes: [UInt8]
  /// How many bits are the same for all of the block.
  package let length: Int

  /// The block that a text such as `203.0.113.7`, `203.0.113.0/28` or `2001:db8::/48` names; nil when it names none.
  ///
  /// One that begins nowhere, whose remaining bits are not zero, is nil: it would be read as another than was meant. So is
  /// one shorter than /8 of IPv4 or /32 of IPv6, and an address of IPv4 in the form of IPv6.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    if let address = Self.bytes(ofIPv4: first) {
      (family, bytes) = (.v4, address)
    } else if let address = Self.bytes(ofIPv6: String(first)) {
      (family, bytes) = (.v6, address)
    } else {
      return nil
    }
    let whole = bytes.count * 8
    if parts.count == 2 {
      guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let length = Int(parts[1]), (bytes.count * 2...whole).contains(length)
      else { return nil }
      self.length = length
    } else {
      length = whole
    }
    guard (length..<whole).allSatisfy({ bytes[$0 / 8] & 0x80 >> UInt8($0 % 8) == 0 }) else { return nil }
  }

  /// Whether it is one address.
  package var isAddress: Bool { length == bytes.count * 8 }

  /// Whether nothing that is sent to it leaves the machine.
  package var isLoopback: Bool {
    switch family {
    case .v4: bytes[0] == 127
    case .v6: isAddress && bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }
  }

  /// Whether it has all of the other one.
  package func contains(_ other: NetworkBlock) -> Bool {
    guard family == other.family, length <= other.length else { return false }
    return (0..<length).allSatisfy { (bytes[$0 / 8] ^ other.bytes[$0 / 8]) & 0x80 >> UInt8($0 % 8) == 0 }
  }

  private static func bytes(ofIPv4 text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    // A leading zero is octal to some programs.
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } && (part == "0" || part.first != "0") ? UInt8(part) : nil
    }
    return numbers.count == 4 ? numbers : nil
  }

  private static func bytes(ofIPv6 text: String) -> [UInt8]? {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    var address = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    return isMapped ? nil : bytes
  }
}

extension NetworkBlock: Comparable, CustomStringConvertible {
  package static func < (one: NetworkBlock, other: NetworkBlock) -> Bool {
    if one.family != other.family { return one.family == .v4 }
    if one.bytes != other.bytes { return one.bytes.lexicographicallyPrecedes(other.bytes) }
    return one.length < other.length
  }

  /// The address as programs write it.
  package var address: String {
    switch family {
    case .v4: return bytes.map(String.init).joined(separator: ".")
    case .v6:
      // RFC 5952: the longest run of zero groups is left out, the first of those that are as long.
      let groups = (0..<8).map { Int(bytes[$0 * 2]) << 8 | Int(bytes[$0 * 2 + 1]) }
      var (longest, start) = (0..<0, 0)
      while start < 8 {
        let end = groups[start...].firstIndex { $0 != 0 } ?? 8
        if end - start > max(1, longest.count) { longest = start..<end }
        start = max(end, start + 1)
      }
      let words = groups.map { String($0, radix: 16) }
      guard !longest.isEmpty else { return words.joined(separator: ":") }
      return words[..<longest.lowerBound].joined(separator: ":") + "::"
        + words[longest.upperBound...].joined(separator: ":")
    }
  }

  package var description: String { isAddress ? address : "\(address)/\(length)" }

  /// The block with its length, also where it is one address.
  package var withLength: String { "\(address)/\(length)" }
}
