import Bytes

/// The text form of age's keys: Bech32 of BIP 173, without its limit of 90 characters.
enum Bech32 {
  private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let checksumLength = 6

  /// The bytes under a human-readable part in lower case.
  static func encode(_ bytes: Span<UInt8>, for part: String) -> [UInt8] {
    var values: [UInt8] = []
    var (pending, bits) = (0, 0)
    for index in bytes.indices {
      pending = (pending << 8 | Int(bytes[index])) & 0xFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        values.append(UInt8(pending >> bits & 31))
      }
    }
    if bits > 0 { values.append(UInt8(pending << (5 - bits) & 31)) }
    let part = Array(part.utf8)
    let sum = polymod(expanded(part) + values + [UInt8](repeating: 0, count: checksumLength)) ^ 1
    for index in 0..<checksumLength { values.append(UInt8(sum >> (5 * (5 - index)) & 31)) }
    defer { values.wipe() }
    return part + [0x31] + values.map { digits[Int($0)] }
  }

  /// The bytes that `text` spells under `part`, in one case; nil when it spells none.
  static func decode(_ text: [UInt8], for part: String) -> [UInt8]? {
    let isUpper = text.contains { (0x41...0x5A).contains($0) }
    let isLower = text.contains { (0x61...0x7A).contains($0) }
    guard !(isUpper && isLower) else { return nil }
    let text = isUpper ? text.map(ASCII.lowercased) : text
    let part = Array(part.utf8)
    guard text.starts(with: part + [0x31]), text.count >= part.count + 1 + checksumLength else { return nil }
    var values: [UInt8] = []
    defer { values.wipe() }
    for character in text[(part.count + 1)...] {
      guard let value = digits.firstIndex(of: character) else { return nil }
      values.append(UInt8(value))
    }
    guard polymod(expanded(part) + values) == 1 else { return nil }
    return bytes(values.dropLast(checksumLength))
  }

  /// Five-bit values as bytes; nil when more than four bits are left over, or when one of those is set.
  private static func bytes(_ values: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (pending, bits) = (0, 0)
    for value in values {
      pending = (pending << 5 | Int(value)) & 0xFFF
      bits += 5
      guard bits >= 8 else { continue }
      bits -= 8
      bytes.append(UInt8(pending >> bits & 255))
    }
    guard bits < 5, pending & (1 << bits - 1) == 0 else { return nil }
    return bytes
  }

  private static func expanded(_ part: [UInt8]) -> [UInt8] { part.map { $0 >> 5 } + [0] + part.map { $0 & 31 } }

  private static func polymod(_ values: [UInt8]) -> UInt32 {
    let generators: [UInt32] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
    var sum: UInt32 = 1
    for value in values {
      let top = sum >> 25
      sum = (sum & 0x1FF_FFFF) << 5 ^ UInt32(value)
      for (index, generator) in generators.enumerated() where top >> UInt32(index) & 1 == 1 { sum ^= generator }
    }
    return sum
  }
}
