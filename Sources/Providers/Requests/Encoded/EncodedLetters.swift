/// Of which kinds the letters of a run are.
struct EncodedLetters {
  /// The letters.
  let bytes: [UInt8]
  private(set) var hasSmall = false
  private(set) var hasDigit = false
  /// Whether a capital stands behind the first letter, where words have none.
  private(set) var hasInnerCapital = false
  private(set) var isHexadecimal = true
  private var hasOtherLetter = false
  private(set) var alphanumerics = 0
  private(set) var isForAddresses = false
  private var seen: (UInt64, UInt64) = (0, 0)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for (place, byte) in bytes.enumerated() {
      if byte < 64 { seen.0 |= 1 << UInt64(byte) } else { seen.1 |= 1 << UInt64(byte - 64) }
      switch byte {
      case 0x61...0x7A:
        hasSmall = true
        alphanumerics += 1
        if byte > 0x66 { (isHexadecimal, hasOtherLetter) = (false, true) }
      case 0x41...0x5A:
        if place > 0 { hasInnerCapital = true }
        alphanumerics += 1
        if byte > 0x46 { (isHexadecimal, hasOtherLetter) = (false, true) }
      case 0x30...0x39:
        hasDigit = true
        alphanumerics += 1
      case 0x2D, 0x5F:
        isForAddresses = true
        isHexadecimal = false
      default: isHexadecimal = false
      }
    }
  }

  /// How many different letters there are.
  var variety: Int { seen.0.nonzeroBitCount + seen.1.nonzeroBitCount }

  /// Whether the letters may be anything but words, numbers and hexadecimal digits, in groups as of a UUID or not.
  var mayBeEncoded: Bool { hasInnerCapital && (hasSmall || hasDigit) && hasOtherLetter }

  /// The bytes that the letters from `start` on spell; of both alphabets, and of a last group that is not whole.
  func decoded(from start: Int) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity((bytes.count - start) / 4 * 3 + 2)
    var (group, held) = (UInt32(0), 0)
    for byte in bytes[start...] {
      group = group << 6 | UInt32(EncodedLetters.value(byte))
      held += 1
      guard held == 4 else { continue }
      decoded.append(UInt8(truncatingIfNeeded: group >> 16))
      decoded.append(UInt8(truncatingIfNeeded: group >> 8))
      decoded.append(UInt8(truncatingIfNeeded: group))
      (group, held) = (0, 0)
    }
    if held > 1 { decoded.append(UInt8(truncatingIfNeeded: group >> UInt32(6 * held - 8))) }
    if held > 2 { decoded.append(UInt8(truncatingIfNeeded: group >> 2)) }
    return decoded
  }

  /// What the letters spell in base32, when it is a text (RFC 4648, section 6).
  var inBase32: [UInt8]? {
    guard bytes.count >= 16, !hasSmall, hasInnerCapital else { return nil }
    var decoded: [UInt8] = []
    var (group, held) = (UInt64(0), 0)
    for byte in bytes {
      switch byte {
      case 0x41...0x5A: group = group << 5 | UInt64(byte - 0x41)
      case 0x32...0x37: group = group << 5 | UInt64(byte - 0x32 + 26)
      default: return nil
      }
      held += 5
      guard held >= 8 else { continue }
      held -= 8
      decoded.append(UInt8(truncatingIfNeeded: group >> UInt64(held)))
    }
    return ReadableBytes.areAll(decoded) ? decoded : nil
  }

  private static func value(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B, 0x2D: 62
    default: 63
    }
  }
}
