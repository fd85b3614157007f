import Bytes

/// Bytes that say something to a reader: well-formed UTF-8 without control characters.
enum ReadableBytes {
  /// Whether all of `bytes` are such a text, and enough of them are letters, digits and spaces.
  static func areAll(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 6, stretches(of: bytes) == [0..<bytes.count] else { return false }
    let spoken = bytes.count { ASCII.isAlphanumeric($0) || $0 == 0x20 || $0 >= 0x80 }
    return bytes.count < 12 ? spoken * 4 >= bytes.count * 3 : spoken * 2 >= bytes.count
  }

  /// The stretches of `bytes` that are such a text, in order.
  static func stretches(of bytes: [UInt8]) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      let length = length(ofCharacterAt: place, in: bytes)
      if length == 0 {
        if place > start { stretches.append(start..<place) }
        place += 1
        start = place
      } else {
        place += length
      }
    }
    if place > start { stretches.append(start..<place) }
    return stretches
  }

  /// How many bytes the character at `place` has; 0 when none stands there, or one that nobody sees.
  private static func length(ofCharacterAt place: Int, in bytes: [UInt8]) -> Int {
    let lead = bytes[place]
    if lead < 0x80 { return lead >= 0x20 && lead != 0x7F || lead == 0x09 || lead == 0x0A || lead == 0x0D ? 1 : 0 }
    guard lead >= 0xC2, lead < 0xF5 else { return 0 }
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard place + length <= bytes.count else { return 0 }
    if lead == 0xC2, bytes[place + 1] < 0xA0 { return 0 }
    return firstInvalidUTF8(in: Array(bytes[place..<place + length])) == nil ? length : 0
  }
}
