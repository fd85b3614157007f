package import Bytes
import PHI

extension KnownIdentifiers {
  /// The identifiers that a JSON text holds; see `KnownValues.init(_:)`.
  package init(parsing text: [UInt8]) throws(KnownIdentifiersError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: text)
    } catch {
      throw KnownIdentifiersError(.wrongType(expected: "JSON: \(error)"), at: "")
    }
    try self.init(value)
  }

  /// The identifiers that a JSON value holds; see `KnownValues.init(_:)`.
  package init(_ value: JSONValue) throws(KnownIdentifiersError) { self.init(try KnownValues(value)) }
}

extension KnownValues {
  /// The most values that are taken at once.
  package static let limit = 1_000
  /// The longest value, in bytes.
  package static let longestValue = 256

  /// The values of `{"people":[{"names":[…],"relation":"…"}],"dates":[…],"numbers":[{"kind":"MRN","value":"…"}],
  /// "phones":[…],"emails":[…],"addresses":[…],"places":[…]}`, every member optional, unknown ones refused.
  ///
  /// A place is a text, which stands for a facility, or `{"kind":"ORG","name":"…"}`. A relation is for the caller's own
  /// use. A mistake in one value refuses all: a name left out unnoticed would be a name let through.
  package init(_ value: JSONValue) throws(KnownIdentifiersError) {
    self.init()
    let root = try KnownNode(value, "").members("people", "dates", "numbers", "phones", "emails", "addresses", "places")
    for person in try root.elements("people") {
      let members = try person.members("names", "relation")
      if let relation = members["relation"] { _ = try relation.string() }
      guard let names = members["names"] else { throw KnownIdentifiersError(.missing, at: person.path + ".names") }
      people.append([])
      for name in try names.elements() { people[people.count - 1].append(try name.name()) }
      guard people.last?.isEmpty == false else { throw KnownIdentifiersError(.missing, at: names.path) }
    }
    for date in try root.elements("dates") {
      guard let day = CalendarDate(try date.string()) else { throw KnownIdentifiersError(.notDate, at: date.path) }
      dates.append(day)
    }
    for number in try root.elements("numbers") {
      let members = try number.members("kind", "value")
      let kind = try members["kind"].map { kind throws(KnownIdentifiersError) in try kind.kind(KnownValues.numberKinds)
      }
      guard let value = members["value"] else { throw KnownIdentifiersError(.missing, at: number.path + ".value") }
      numbers.append((kind ?? .otherNumber, try value.text()))
    }
    for phone in try root.elements("phones") { phones.append(try phone.text()) }
    for email in try root.elements("emails") { emails.append(try email.text()) }
    for address in try root.elements("addresses") { addresses.append(try address.text()) }
    for place in try root.elements("places") {
      guard place.isObject else {
        places.append((.facility, try place.text()))
        continue
      }
      let members = try place.members("kind", "name")
      let kind = try members["kind"].map { kind throws(KnownIdentifiersError) in try kind.kind(KnownValues.placeKinds) }
      guard let name = members["name"] else { throw KnownIdentifiersError(.missing, at: place.path + ".name") }
      places.append((kind ?? .facility, try name.text()))
    }
    guard count <= KnownValues.limit else { throw KnownIdentifiersError(.tooMany(limit: KnownValues.limit), at: "") }
  }

  private static let numberKinds: [Identifier] = [
    .medicalRecordNumber, .socialSecurityNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device,
    .biometric, .otherNumber,
  ]
  private static let placeKinds: [Identifier] = [.facility, .organization, .city, .county]
}

/// A place in a JSON value that knows the way to itself.
private struct KnownNode {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, _ path: String) {
    self.value = value
    self.path = path
  }

  var isObject: Bool { value.members != nil }

  func members(_ allowed: String...) throws(KnownIdentifiersError) -> KnownMembers {
    guard let members = value.members else { throw KnownIdentifiersError(.wrongType(expected: "an object"), at: path) }
    guard members.allSatisfy({ allowed.contains($0.name) }) else {
      throw KnownIdentifiersError(.unknownMember(allowed: allowed), at: path)
    }
    return KnownMembers(
      members: members.reduce(into: [:]) { nodes, member in
        nodes[member.name] = KnownNode(member.value, path.isEmpty ? member.name : "\(path).\(member.name)")
      })
  }

  func elements() throws(KnownIdentifiersError) -> [KnownNode] {
    guard let elements = value.array else { throw KnownIdentifiersError(.wrongType(expected: "a list"), at: path) }
    return elements.enumerated().map { KnownNode($1, "\(path)[\($0)]") }
  }

  func string() throws(KnownIdentifiersError) -> String {
    guard let text = value.string else { throw KnownIdentifiersError(.wrongType(expected: "text"), at: path) }
    guard text.utf8.count <= KnownValues.longestValue else {
      throw KnownIdentifiersError(.tooLong(limit: KnownValues.longestValue), at: path)
    }
    return text
  }

  /// A text with three letters and digits at least.
  func text() throws(KnownIdentifiersError) -> String {
    let text = try string()
    guard text.unicodeScalars.count(where: KnownNode.counts) >= 3 else {
      throw KnownIdentifiersError(.tooShort, at: path)
    }
    return text
  }

  /// A person's name, which may be initials with a full stop.
  func name() throws(KnownIdentifiersError) -> String {
    let text = try string()
    let letters = text.unicodeScalars.count(where: KnownNode.counts)
    // A name in Chinese or Korean writing is whole in two characters.
    let isIdeographic = letters > 1 && text.unicodeScalars.allSatisfy { $0.value > 0x2E80 }
    let isInitials = letters > 0 && text.utf8.contains(0x2E)
    guard letters >= 3 || isInitials || isIdeographic else { throw KnownIdentifiersError(.tooShort, at: path) }
    return text
  }

  func kind(_ allowed: [Identifier]) throws(KnownIdentifiersError) -> Identifier {
    guard let kind = Identifier(label: try string()), allowed.contains(kind) else {
      throw KnownIdentifiersError(.unknownKind(allowed: allowed.map(\.label)), at: path)
    }
    return kind
  }

  private static func counts(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}

/// The members of a JSON object, by name.
private struct KnownMembers {
  let members: [String: KnownNode]

  subscript(name: String) -> KnownNode? { members[name] }

  /// The elements of the member with this name; none when there is no such member.
  func elements(_ name: String) throws(KnownIdentifiersError) -> [KnownNode] { try members[name]?.elements() ?? [] }
}
