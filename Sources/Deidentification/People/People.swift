/// Who is who in one conversation.
///
/// A mention is linked to a person seen before when it fits that person better than any other; when two fit alike, it is
/// a person of its own: two people taken for one mislead a reader, one taken for two does not. Only earlier mentions
/// count, so the same beginning of a conversation always gives the same people.
struct People: Sendable {
  private var people: [Person] = []
  /// The people with a word in their name, by the word's hash.
  private var known: [UInt64: [Int]] = [:]
  /// The people that each exact spelling has been linked to.
  private var spellings: [UInt64: [Int]] = [:]

  /// Everything that the mentions so far say of the person with this number.
  subscript(number: Int) -> Person { people[number] }

  /// The number of the person that `mention` names, from 0; `spelling` is a hash of its exact bytes.
  mutating func identify(_ mention: Mention, spelling: UInt64) -> Int {
    if let person = sameSpelling(mention, spelling) { return person }
    let person = bestFit(mention) ?? add(mention)
    spellings[spelling, default: []].append(person)
    return person
  }

  /// The one person who was spelled so before, unless this mention contradicts it.
  private mutating func sameSpelling(_ mention: Mention, _ spelling: UInt64) -> Int? {
    guard let spelled = spellings[spelling] else { return nil }
    let possible = spelled.filter { person in
      people[person].fit(of: mention) > .none || mention.name.words.isEmpty
    }
    guard let person = possible.last else { return nil }
    learn(mention, about: person)
    return person
  }

  private mutating func bestFit(_ mention: Mention) -> Int? {
    var best = Person.Fit.none
    var found: [Int] = []
    for candidate in candidates(mention) {
      let fit = people[candidate].fit(of: mention)
      if fit > best {
        best = fit
        found = [candidate]
      } else if fit == best, fit > .none, !found.contains(candidate) {
        found.append(candidate)
      }
    }
    guard let person = found.first, found.count == 1 else { return nil }
    learn(mention, about: person)
    return person
  }

  private func candidates(_ mention: Mention) -> [Int] {
    let words = mention.name.words
    if words.isEmpty { return mention.name.isFull && people.count <= 64 ? Array(people.indices) : [] }
    return words.compactMap { known[$0.hash] }.filter { $0.count <= People.crowd }.flatMap(\.self)
  }

  private mutating func add(_ mention: Mention) -> Int {
    people.append(Person(mention))
    index(people.count - 1)
    return people.count - 1
  }

  private mutating func learn(_ mention: Mention, about person: Int) {
    let before = people[person].name.words.count
    people[person].learn(mention)
    if people[person].name.words.count != before || !mention.name.words.allSatisfy({ known[$0.hash] != nil }) {
      index(person)
    }
  }

  private mutating func index(_ person: Int) {
    for word in people[person].name.words {
      let others = known[word.hash] ?? []
      if others.count <= People.crowd, !others.contains(person) { known[word.hash] = others + [person] }
    }
  }

  /// A word that more people share tells none of them: so the work stays in proportion to the text.
  private static let crowd = 256
}
