/// ECDSA signatures as DER has them and as 64 bytes.
enum ECDSASignature {
  /// The numbers r and s side by side, each `width` bytes; nil when the DER is not a sequence of two such numbers.
  static func raw(der: [UInt8], width: Int) -> [UInt8]? {
    // Lengths below 128 have one byte: r and s of P-256 have at most 33 each.
    guard der.count > 2, der[0] == 0x30, Int(der[1]) == der.count - 2, der[1] < 0x80 else { return nil }
    var rest = der.dropFirst(2)
    var raw: [UInt8] = []
    for _ in 0..<2 {
      guard rest.count > 2, rest.removeFirst() == 0x02 else { return nil }
      let count = Int(rest.removeFirst())
      guard (1...width + 1).contains(count), rest.count >= count else { return nil }
      let number = rest.prefix(count).drop { $0 == 0 }
      guard number.count <= width else { return nil }
      raw += [UInt8](repeating: 0, count: width - number.count) + number
      rest = rest.dropFirst(count)
    }
    return rest.isEmpty ? raw : nil
  }
}
