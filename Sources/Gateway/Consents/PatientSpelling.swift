import Bytes

/// The spellings of a reference that FHIR and RFC 3986 say mean the same patient.
///
/// Only what is plainly `Type/id`, on a server or by itself, has another: a version of it, a slash at the end, the letter
/// case of scheme and host, the usual port, and percent codes of what needs none. Whether two servers are one, or what a bare
/// number means, nobody here can tell.
package enum PatientSpelling {
  /// The plainest spelling, under which the register records; what is no reference of FHIR's is left as it is.
  package static func plain(_ reference: String) -> String {
    guard !reference.utf8.contains(where: { "|?#".utf8.contains($0) }) else { return reference }
    let (base, path) = split(decoded(reference))
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.last == "" { parts.removeLast() }
    if parts.count >= 4, parts[parts.count - 2] == "_history", isID(parts[parts.count - 1]) { parts.removeLast(2) }
    guard parts.count >= 2, base != nil || parts.count == 2, isType(parts[parts.count - 2]),
      isID(parts[parts.count - 1]),
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else { return reference }
    return (base.map { "\($0)/" } ?? "") + parts.joined(separator: "/")
  }

  /// Those under which the register may have something: as it is spelt, and the plainest.
  package static func all(of reference: String) -> [String] {
    let plain = plain(reference)
    return plain == reference ? [reference] : [reference, plain]
  }

  /// Scheme and authority in their plain form, and what follows them; nil and everything where there is no scheme.
  private static func split(_ text: String) -> (base: String?, path: String) {
    guard let end = text.firstRange(of: "://") else { return (nil, text) }
    let scheme = text[..<end.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return (nil, text) }
    let rest = text[end.upperBound...]
    guard let slash = rest.firstIndex(of: "/") else { return (nil, text) }
    var host = rest[..<slash].lowercased()
    // Who is named before a host is part of the name.
    guard !host.isEmpty, !host.contains("@") else { return (nil, text) }
    let port = scheme == "http" ? ":80" : ":443"
    if host.hasSuffix(port) { host.removeLast(port.count) }
    return ("\(scheme)://\(host)", String(rest[rest.index(after: slash)...]))
  }

  /// Without percent codes of letters, digits and `-._~` (RFC 3986, section 6.2.2.2).
  private static func decoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var plain: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let value = Hex.decode(String(decoding: bytes[place + 1...place + 2], as: UTF8.self))?.first,
        ASCII.isAlphanumeric(value) || "-._~".utf8.contains(value)
      {
        plain.append(value)
        place += 3
      } else {
        plain.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  private static func isType(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x41...0x5A).contains(first) else { return false }
    return text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
  }

  private static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }
}
