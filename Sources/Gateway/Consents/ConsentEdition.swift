import Bytes
import Ciphers
import PHI

/// Which version of a document something is, as far as it says so.
package struct ConsentEdition: Hashable, Sendable {
  /// SHA-256 of what it says, without what a server adds to each version.
  let digest: String
  /// When its server changed it last, in milliseconds since 1970.
  let updated: Int64?
  /// Its number, where versions are numbered.
  let version: Int?
  /// The day on which it was given.
  let dated: CalendarDate?

  init(of resource: JSONValue) {
    let said = (resource.members ?? []).filter { !["meta", "text"].contains($0.name) }
    digest = Digest(hashing: JSONValue.object(said).inOrder.bytes.span).description
    let meta = resource["meta"]
    updated = meta?["lastUpdated"]?.string.flatMap(Self.instant)
    version = meta?["versionId"]?.string.flatMap { Int($0) }
    dated = (resource["dateTime"] ?? resource["date"])?.string.flatMap { CalendarDate($0.prefix(10)) }
  }

  /// Whether it says of itself which of two versions is the newer.
  package var isNumbered: Bool { updated != nil || version != nil }

  /// When it is from, at the earliest.
  var moment: Int64? { updated ?? dated.flatMap { Self.instant("\($0)T00:00:00Z") } }

  /// Whether it is newer than another; nil where nobody can tell.
  func isNewer(than other: ConsentEdition) -> Bool? {
    if let updated, let before = other.updated, updated != before { return updated > before }
    if let version, let before = other.version, version != before { return version > before }
    guard !isNumbered, !other.isNumbered else { return isNumbered && !other.isNumbered ? true : nil }
    if let dated, let before = other.dated, dated != before { return dated > before }
    return nil
  }

  /// An instant of FHIR, `2026-03-01T10:00:00.5+01:00`, in milliseconds since 1970; nil of what is none.
  static func instant(_ text: String) -> Int64? {
    guard let day = CalendarDate(text.prefix(10)) else { return nil }
    let clock = Array(text.utf8.dropFirst(10))
    func pair(_ place: Int) -> Int? {
      guard place + 1 < clock.count, (0x30...0x39).contains(clock[place]), (0x30...0x39).contains(clock[place + 1])
      else { return nil }
      return Int(clock[place] - 0x30) * 10 + Int(clock[place + 1] - 0x30)
    }
    guard clock.count >= 10, clock[0] == UInt8(ascii: "T"), clock[3] == UInt8(ascii: ":"),
      clock[6] == UInt8(ascii: ":"),
      let hour = pair(1), let minute = pair(4), let second = pair(7), hour < 24, minute < 60, second <= 60
    else { return nil }
    var rest = clock[9...]
    var milliseconds = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return nil }
      for place in 0..<3 {
        milliseconds = milliseconds * 10 + (place < digits.count ? Int(digits[digits.startIndex + place] - 0x30) : 0)
      }
      rest = rest.dropFirst(1 + digits.count)
    }
    var ahead = 0
    if Array(rest) != [UInt8(ascii: "Z")] {
      guard rest.count == 6, let sign = rest.first, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(sign),
        rest[rest.startIndex + 3] == UInt8(ascii: ":"), let hours = pair(rest.startIndex + 1),
        let minutes = pair(rest.startIndex + 4)
      else { return nil }
      ahead = (hours * 60 + minutes) * (sign == UInt8(ascii: "+") ? 1 : -1)
    }
    // days_from_civil (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let year = day.month <= 2 ? day.year - 1 : day.year
    let (era, shifted) = (year / 400, (day.month + 9) % 12)
    let yearOfEra = year - era * 400
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + (153 * shifted + 2) / 5 + day.day - 1
    let days = era * 146_097 + dayOfEra - 719_468
    return Int64((days * 86_400 + hour * 3600 + (minute - ahead) * 60 + second) * 1_000 + milliseconds)
  }
}

extension ConsentEdition {
  var members: [JSONMember] {
    var members = [JSONMember("digest", .string(digest))]
    if let updated { members.append(JSONMember("updated", .number(String(updated)))) }
    if let version { members.append(JSONMember("version", .number(String(version)))) }
    if let dated { members.append(JSONMember("dated", .string(dated.description))) }
    return members
  }

  init(kept json: JSONValue) throws(ConsentFault) {
    guard let digest = json["digest"]?.string else { throw ConsentFault("documents", "the register is none") }
    self.digest = digest
    updated = json["updated"]?.integer.map { Int64($0) }
    version = json["version"]?.integer
    dated = json["dated"]?.string.flatMap { CalendarDate($0) }
  }
}

extension JSONValue {
  /// The same with the members of each object in the order of their names.
  fileprivate var inOrder: JSONValue {
    if let array { return .array(array.map(\.inOrder)) }
    guard let members else { return self }
    return .object(members.map { JSONMember($0.name, $0.value.inOrder) }.sorted { $0.name < $1.name })
  }
}
