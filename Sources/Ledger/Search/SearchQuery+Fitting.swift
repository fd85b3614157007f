import Ciphers

extension SearchQuery {
  /// Whether an entry fits everything that is given, by what it says itself.
  func fits(_ json: Span<UInt8>) -> Bool {
    let entry = IndexedEntry(json)
    for (field, name) in names {
      let name = Array(name.utf8)
      guard let place = SearchField.allCases.firstIndex(of: field) else { return false }
      guard entry.names[place] == name || field == .user && entry.people.contains(name) else { return false }
    }
    if let since, entry.time < since.milliseconds { return false }
    if let until, entry.time >= until.milliseconds { return false }
    var terms: [[UInt8]] = []
    if let request {
      let bytes = Array(request.description.utf8)
      terms.append(IndexedEntry.term(request: bytes.span))
    }
    for (letter, digests) in [(UInt8(0x74), tags), (0x73, subjectTags)] {
      for digest in digests {
        let digits = Array(digest.description.utf8)
        terms.append(IndexedEntry.term(letter, digest: digits.span))
      }
    }
    guard !terms.isEmpty else { return true }
    let own = Set(entry.terms.split(separator: 0x20))
    return terms.allSatisfy { own.contains($0.dropLast()) }
  }
}
