internal import Bytes
internal import PHI

/// Invented numbers with the digits, letters and marks of real ones in the same places.
enum SurrogateNumber {
  /// Other digits and letters in the shape of `value`; nil when it has no digit.
  static func text(like value: [UInt8], as identifier: Identifier, using draw: inout KeyedDraw) -> [UInt8]? {
    let count = value.count(where: ASCII.isDigit)
    guard count > 0 else { return nil }
    var digits = self.digits(count, as: identifier, startingWithZero: value.first(where: ASCII.isDigit) == 0x30, &draw)[
      ...]
    let letters = Letters(of: value)
    return value.indices.map { place in
      ASCII.isDigit(value[place]) ? 0x30 + (digits.popFirst() ?? 0) : letters.letter(like: value, at: place, &draw)
    }
  }

  /// How the letters of a value are drawn.
  private struct Letters {
    /// Whether they are hexadecimal digits, as those of hardware addresses are.
    private let areHexadecimal: Bool

    init(of value: [UInt8]) {
      areHexadecimal = value.contains(0x3A) && value.allSatisfy { !ASCII.isLetter($0) || ASCII.isHexDigit($0) }
    }

    func letter(like value: [UInt8], at place: Int, _ draw: inout KeyedDraw) -> UInt8 {
      let byte = value[place]
      guard ASCII.isLetter(byte), !isCover(value, at: place) else { return byte }
      let letter = UInt8.random(in: 0x61...(areHexadecimal ? 0x66 : 0x7A), using: &draw)
      return ASCII.isUppercase(byte) ? ASCII.uppercased(letter) : letter
    }

    /// Whether an `x` beside another one covers a character, as in `xxx-xx-1234`.
    private func isCover(_ value: [UInt8], at place: Int) -> Bool {
      func isX(_ place: Int) -> Bool { value.indices.contains(place) && value[place] | 0x20 == 0x78 }
      return isX(place) && (isX(place - 1) || isX(place + 1))
    }
  }

  private static func digits(
    _ count: Int, as identifier: Identifier, startingWithZero: Bool, _ draw: inout KeyedDraw
  ) -> [UInt8] {
    switch (identifier, count) {
    case (.phone, 7...), (.fax, 7...): return phone(count, &draw)
    case (.socialSecurityNumber, 9): return socialSecurity(&draw)
    default:
      var digits = random(count, &draw)
      // A number that begins with zero does so for a width that is forced.
      if startingWithZero { digits[0] = 0 } else if digits[0] == 0 { digits[0] = 1 + digits[count - 1] % 9 }
      return digits
    }
  }

  private static func random(_ count: Int, _ draw: inout KeyedDraw) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...9, using: &draw) }
  }

  /// The lines 555-0100 to 555-0199 of each area are kept for fiction (ATIS-0300115).
  private static func phone(_ count: Int, _ draw: inout KeyedDraw) -> [UInt8] {
    let line: [UInt8] = [5, 5, 5, 0, 1] + random(2, &draw)
    guard count >= 10 else { return random(count - 7, &draw) + line }
    let area = Array(draw.pick(areaCodes).utf8).map { $0 - 0x30 }
    if count == 11 { return [1] + area + line }
    return area + line + random(count - 10, &draw)
  }

  private static func socialSecurity(_ draw: inout KeyedDraw) -> [UInt8] {
    var area = 666
    while area == 666 { area = Int.random(in: 1...899, using: &draw) }
    let group = Int.random(in: 1...99, using: &draw)
    let serial = Int.random(in: 1...9_999, using: &draw)
    let number = (area * 100 + group) * 10_000 + serial
    var digits: [UInt8] = []
    var rest = number
    for _ in 0..<9 {
      digits.append(UInt8(rest % 10))
      rest /= 10
    }
    return digits.reversed()
  }

  private static let areaCodes = [
    "202", "205", "208", "212", "215", "301", "303", "305", "307", "309", "312", "314", "316", "317", "319", "401",
    "402", "404", "405", "406", "412", "414", "415", "417", "419", "501", "502", "503", "504", "505", "507", "509",
    "512", "515", "518", "602", "603", "605", "608", "612", "614", "615", "617", "619", "701", "702", "704", "712",
    "713", "715", "801", "802", "803", "804", "806", "808", "812", "816", "901", "904", "907", "913", "915", "919",
  ]
}
