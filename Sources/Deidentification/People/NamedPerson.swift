/// A person whom a document mentions, with the words that its mentions spell.
package struct NamedPerson: Sendable {
  let person: Person
  private let spellings: [UInt64: String]

  init(_ person: Person, spellings: [UInt64: String] = [:]) {
    self.person = person
    self.spellings = spellings
  }

  /// The word as a mention spells it; nil for an initial whose word is not known.
  func spelling(of word: NameWord) -> String? { word.isInitial ? nil : spellings[word.hash] }
}
