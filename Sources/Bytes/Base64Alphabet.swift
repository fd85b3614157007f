/// One of the two alphabets of base64: they differ in the digits 62 and 63.
struct Base64Alphabet {
  let digit62: UInt8
  let digit63: UInt8

  static var standard: Base64Alphabet { Base64Alphabet(digit62: 0x2B, digit63: 0x2F) }
  static var url: Base64Alphabet { Base64Alphabet(digit62: 0x2D, digit63: 0x5F) }

  func encode(_ bytes: Span<UInt8>, padding: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for place in 0...count { text.append(digit(UInt8(truncatingIfNeeded: group >> (18 - 6 * place)) & 0x3F)) }
      if padding { text.append(contentsOf: repeatElement(0x3D, count: 3 - count)) }
    }
    return String(decoding: text.span)
  }

  func decode(_ text: Span<UInt8>, padding: Bool) -> [UInt8]? {
    var end = text.count
    if padding {
      guard end.isMultiple(of: 4) else { return nil }
      var stripped = 0
      while stripped < 2, end > 0, text[end - 1] == 0x3D {
        end -= 1
        stripped += 1
      }
    }
    guard end % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(end / 4 * 3 + 2)
    for start in stride(from: 0, to: end, by: 4) {
      let count = min(4, end - start)
      var group: UInt32 = 0
      for place in 0..<4 {
        guard place < count else { group <<= 6; continue }
        guard let value = value(text[start + place]) else { return nil }
        group = group << 6 | UInt32(value)
      }
      // Bits beyond the last whole byte must be zero, or two texts would spell the same bytes.
      guard count == 4 || group & (count == 3 ? 0xFF : 0xFFFF) == 0 else { return nil }
      for place in 0..<count - 1 { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * place))) }
    }
    return bytes
  }

  private func digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + value - 26
    case 52..<62: 0x30 + value - 52
    case 62: digit62
    default: digit63
    }
  }

  private func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x41...0x5A: digit - 0x41
    case 0x61...0x7A: digit - 0x61 + 26
    case 0x30...0x39: digit - 0x30 + 52
    case digit62: 62
    case digit63: 63
    default: nil
    }
  }
}
