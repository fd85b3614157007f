import Bytes
package import PHI

/// What a site knows of itself: its staff, places and numbers, and what is never to be taken for an identifier.
///
/// ## What it finds
/// Staff by two parts of a name, or one with a title, a credential or an initial; clinics, organisations, streets and
/// towns by name; numbers of the site's own forms.
///
/// ## What it leaves alone
/// Ordinary words that are not written as names; what `keep.txt` lists, unless a caller knows it for somebody's.
///
/// ## Why
/// Names of providers, facilities and local places are identifiers of 45 CFR 164.514(b)(2)(i)(A), (B) and (R), and no
/// general list has them all.
package struct SiteLists: Sendable {
  /// The lists, by the names of their files.
  package enum Name: String, CaseIterable, Sendable {
    case staff = "staff.txt"
    case clinics = "clinics.txt"
    case streets = "streets.txt"
    case towns = "towns.txt"
    case organizations = "organizations.txt"
    case keep = "keep.txt"
    case numbers = "numbers.txt"
  }

  /// The name of a file and what is in it.
  package struct File: Sendable {
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The longest line, in bytes.
  package static let longestLine = 256

  private var staff = NameIndex()
  private var phrases = PhraseTree()
  private var kept = PhraseTree()
  private var forms = NumberForms()

  /// The lists in `files`: UTF-8, an entry a line; empty lines and lines that begin with `# ` are passed over.
  package init(_ files: [File]) throws(SiteListsError) {
    var people: [[PersonalName]] = []
    for file in files {
      guard let name = Name(rawValue: file.name) else { throw SiteListsError(.unknownList, in: file.name) }
      guard firstInvalidUTF8(in: file.bytes.span) == nil else { throw SiteListsError(.notUTF8, in: file.name) }
      var number = 0
      for line in file.bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A }) {
        number += 1
        guard let entry = SiteLists.entry(line) else { continue }
        guard entry.count <= SiteLists.longestLine else {
          throw SiteListsError(.tooLong(limit: SiteLists.longestLine), in: file.name, line: number)
        }
        do throws(SiteListsError.Code.Fault) {
          if name == .staff {
            people.append([try SiteLists.person(entry)])
          } else {
            try learn(entry, of: name)
          }
        } catch {
          throw SiteListsError(error.code, in: file.name, line: number)
        }
      }
    }
    staff = NameIndex(of: people, strictness: .listed)
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    var line = line.drop { $0 <= 0x20 }
    while let last = line.last, last <= 0x20 { line.removeLast() }
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    return line.isEmpty || line.starts(with: [0x23, 0x20]) || line.elementsEqual([0x23]) ? nil : Array(line)
  }

  private static func person(_ entry: [UInt8]) throws(SiteListsError.Code.Fault) -> PersonalName {
    let name = PersonalName(entry)
    guard !name.units.isEmpty, entry.count(where: CharacterClass.isLetter) > 1 else {
      throw SiteListsError.Code.Fault(code: .noLetters)
    }
    return name
  }

  private mutating func learn(_ entry: [UInt8], of list: Name) throws(SiteListsError.Code.Fault) {
    if list == .numbers {
      try forms.insert(entry)
      return
    }
    let words = PlaceWords.words(of: entry)
    guard words.reduce(0, { $0 + $1.count }) > 1 else { throw SiteListsError.Code.Fault(code: .noLetters) }
    switch list {
    case .clinics: phrases.insert(place: entry, .facility, cutShort: false)
    case .organizations: phrases.insert(place: entry, .organization, cutShort: false)
    case .towns: phrases.insert(place: entry, .city, cutShort: false)
    case .streets: phrases.insert(streetName: entry)
    case .keep: kept.insert(words.map { [WordHash.of($0)] }, Phrase(identifier: .uniqueDescription, form: .any))
    case .staff, .numbers: break
    }
  }
}

extension SiteListsError.Code {
  /// A mistake in a line, before it is known in which.
  struct Fault: Error { let code: SiteListsError.Code }
}

extension SiteLists: Detector {
  /// Appends what the lists have and stands on `page`.
  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    let page = copy page
    var found: [Finding] = []
    var names = KnownNames(staff, on: page, by: SiteLists.detector)
    names.read(into: &found)
    PhraseReading(phrases, on: page).forEach { match in
      found.append(Finding(match.phrase.identifier, at: match.range, confidence: .high, by: SiteLists.detector))
    }
    forms.read(page) { identifier, range in
      found.append(Finding(identifier, at: range, confidence: .certain, by: SiteLists.detector))
    }
    findings.append(contentsOf: found)
  }

  /// These findings but for those all of whose words `keep.txt` lists.
  package func dropping(_ findings: [Finding], on page: Page) -> [Finding] {
    guard !kept.isEmpty, !findings.isEmpty else { return findings }
    var isKept = PerWord(repeating: false, count: page.words.count, outside: false)
    PhraseReading(kept, on: page).forEach { match in
      for place in match.first...match.last { isKept[place] = true }
    }
    return findings.filter { finding in
      let words = page.indices(of: finding.range)
      return words.isEmpty || words.contains { page.words[$0].kind != .mark && !isKept[$0] }
    }
  }

  private static var detector: DetectorName { "site-list" }
}
