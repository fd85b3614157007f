internal import Bytes
internal import Names

/// Invented addresses on networks, at names and in ranges that are kept for examples.
enum SurrogateAddress {
  /// An e-mail address at an example domain (RFC 2606).
  static func email(like value: [UInt8], using draw: inout KeyedDraw) -> [UInt8] {
    let pool = NamePool.embedded
    let given = letters(pool.given(.english, Bool.random(using: &draw) ? .female : .male, using: &draw))
    let family = letters(pool.surname(.english, using: &draw))
    let domain = draw.pick(domains)
    let text = String(decoding: value, as: UTF8.self).lowercased()
    guard let at = value.firstIndex(of: 0x40) else {
      let isSpoken = text.contains(" at ")
      return Array(
        isSpoken ? "\(given) dot \(family) at \(domain.replacing(".", with: " dot "))".utf8 : "\(given)@\(domain)".utf8)
    }
    let local = value[..<at]
    let separator = local.first { $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    let digits = local.count(where: ASCII.isDigit)
    let name = separator.map { "\(given)\(Character(Unicode.Scalar($0)))\(family)" } ?? "\(given.prefix(1))\(family)"
    let number = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &draw)) }.joined()
    let address = "\(name)\(number)@\(domain)"
    return Array(value.contains(where: ASCII.isLowercase) ? address.utf8 : address.uppercased().utf8)
  }

  /// A page at an example domain.
  static func url(like value: [UInt8], using draw: inout KeyedDraw) -> [UInt8] {
    let text = String(decoding: value, as: UTF8.self)
    let scheme = text.firstRange(of: "://").map { String(text[..<$0.upperBound]) } ?? ""
    let rest = text.dropFirst(scheme.count)
    let path = (0..<7).map { _ in Character(Unicode.Scalar(UInt8.random(in: 0x61...0x7A, using: &draw))) }
    let host = (rest.hasPrefix("www.") ? "www." : "") + draw.pick(domains)
    return Array((scheme + host + (rest.contains("/") ? "/" + String(path) : "")).utf8)
  }

  /// An address of the ranges for documentation (RFC 5737, RFC 3849).
  static func internet(like value: [UInt8], using draw: inout KeyedDraw) -> [UInt8] {
    let number = Int.random(in: 1...254, using: &draw)
    guard value.contains(0x2E) else { return Array("2001:db8::\(String(number * 257, radix: 16))".utf8) }
    return Array("\(draw.pick(["192.0.2", "198.51.100", "203.0.113"])).\(number)".utf8)
  }

  private static let domains = ["example.com", "example.org", "example.net"]

  private static func letters(_ name: String) -> String {
    String(decoding: Accents.stripped(name).lowercased().utf8.filter(ASCII.isLetter), as: UTF8.self)
  }
}
