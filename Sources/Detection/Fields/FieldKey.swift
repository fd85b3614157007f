/// Reads what a key or the head of a column says: `member_no`, `patientName`, `Date of Birth`.
struct FieldKey {
  let page: Page

  init(_ page: Page) { self.page = page }

  /// The field that the words from `first` to `last` name together.
  func field(from first: Int, through last: Int) -> Field {
    // By itself it is the term of a coding, as in `{"system": "http://loinc.org", "code": "4548-4"}`.
    if first == last, page[first].hash == FieldKey.code { return .none }
    if first == last, FieldKey.nameParts.contains(page[first].hash) { return .personName }
    var field = Field.none
    var isStrong = false
    var endsInID = false
    for index in first...max(first, last) {
      let word = page[index]
      if word.kind == .mark { continue }
      if word.roles.contains(.publicCode) { return .ordinary }
      if word.hash == FieldKey.name { return named(field, page[first].hash) }
      endsInID = word.hash == FieldKey.id
      if let role = FieldKey.roles[word.hash], field == .none || !isStrong {
        field = role
        continue
      }
      guard word.field != .none else { continue }
      let strong = !word.roles.contains(.weakCue)
      if field == .none || strong || !isStrong && word.field != .other {
        field = word.field
        isStrong = strong
      }
    }
    if endsInID, field == .none || field == .phone || field == .personName || field == .clinicianName { return .other }
    if field == .medicalRecord, !isStrong, !endsInID, first == last { return .none }
    return field
  }

  private func named(_ field: Field, _ first: UInt64) -> Field {
    switch field {
    case .facility, .organization, .county, .city, .clinicianName: field
    case .healthPlan, .device, .other: .none
    default: FieldKey.things.contains(first) ? .none : .personName
    }
  }

  private static let name = WordHash.of("name")
  /// Keys of the parts of a name, in an object that says no more.
  private static let nameParts = WordSet("first last middle")
  private static let id = WordHash.of("id")
  private static let code = WordHash.of("code")
  private static let things = WordSet(
    """
    drug medication test product file display code event function tool model brand generic product lab column \
    table key type unit role
    """)
  private static let roles: [UInt64: Field] = {
    var roles: [UInt64: Field] = [:]
    for hash in WordHash.all(
      in: "provider physician pcp attending clinician doctor surgeon nurse prescriber ordering therapist")
    { roles[hash] = .clinicianName }
    for hash in WordHash.all(in: "patient pt subscriber insured guardian spouse contact fn ln mother father proxy") {
      roles[hash] = .personName
    }
    for hash in WordHash.all(in: "line street addr1 addr2 line1 line2") { roles[hash] = .street }
    for hash in WordHash.all(in: "hospital clinic pharmacy practice") { roles[hash] = .facility }
    for hash in WordHash.all(in: "school company organization") { roles[hash] = .organization }
    return roles
  }()
}
