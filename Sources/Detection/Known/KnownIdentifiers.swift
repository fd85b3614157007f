package import PHI

/// What a caller knows of the people whom a text is about, made ready to be found in every form it may take there.
///
/// ## What it finds
/// Names in any order, with initials, nicknames, glued, spelled aloud or with one typing slip; dates however written or
/// said; numbers whatever separates or pads them, and their last four digits after a cue; telephone numbers with and
/// without country and area; addresses, places and employers whole, abbreviated and cut short.
///
/// ## What it leaves alone
/// Parts of names that are ordinary words unless written as a name; bare years; short numbers without a label; other
/// people's values.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i) speaks of identifiers of the individual and of relatives, employers and household members:
/// who holds the record knows them, so none of them need be guessed.
package struct KnownIdentifiers: Sendable {
  /// How many values were handed over.
  package let count: Int
  private let names: NameIndex
  private let phrases: PhraseTree
  private let numbers: NumberIndex
  /// What others know of the same people.
  private var others: [KnownIdentifiers] = []

  /// The values of `values`, with every form that each may take.
  package init(_ values: KnownValues) {
    count = values.count
    names = NameIndex(
      of: values.people.map { names in
        (names + names.compactMap(PersonalName.spelledOut)).map { PersonalName(Array($0.utf8)) }
      })
    var phrases = PhraseTree()
    var numbers = NumberIndex()
    for date in values.dates { phrases.insert(date) }
    for address in values.addresses { phrases.insert(address: Array(address.utf8)) }
    for place in values.places { phrases.insert(place: Array(place.name.utf8), place.kind, cutShort: true) }
    for email in values.emails { phrases.insert(email: Array(email.utf8)) }
    for number in values.numbers { numbers.insert(Array(number.value.utf8), number.kind) }
    for phone in values.phones { numbers.insert(telephone: Array(phone.utf8)) }
    self.phrases = phrases
    self.numbers = numbers
  }

  /// The same, and what `other` knows.
  package func joined(with other: KnownIdentifiers) -> KnownIdentifiers {
    var joined = self
    joined.others.append(other)
    return joined
  }
}

extension KnownIdentifiers: Detector {
  /// Appends what is known and stands on `page`; findings of one kind are in order.
  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    let page = copy page
    var found: [Finding] = []
    var names = KnownNames(self.names, on: page, by: Self.name)
    names.read(into: &found)
    findings.append(contentsOf: found)
    found.removeAll(keepingCapacity: true)
    KnownNumbers(numbers, on: page, by: Self.name).read(into: &found)
    PhraseReading(phrases, on: page).forEach { match in
      found.append(
        Finding(match.phrase.identifier, at: match.range, confidence: .certain, by: Self.name))
    }
    findings.append(contentsOf: found)
    for other in others { other.scan(page, into: &findings) }
  }

  /// What it is called in reports.
  static let name: DetectorName = "known-identifier"
}

/// The values that a caller hands over, checked for form.
package struct KnownValues: Sendable {
  /// Each person's names, aliases included.
  package var people: [[String]] = []
  package var dates: [CalendarDate] = []
  package var numbers: [(kind: Identifier, value: String)] = []
  package var phones: [String] = []
  package var emails: [String] = []
  package var addresses: [String] = []
  package var places: [(kind: Identifier, name: String)] = []

  /// No values.
  package init() {}

  /// How many values there are.
  package var count: Int {
    people.reduce(0) { $0 + $1.count } + dates.count + numbers.count + phones.count + emails.count + addresses.count
      + places.count
  }
}
