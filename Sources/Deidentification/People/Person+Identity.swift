extension Person {
  /// What tells this person from others across documents: given and family names and the generation, in any case and
  /// with or without accents; the one word that is known of a person who is called by one word.
  var identity: [UInt8] {
    let words: [NameWord]
    if let given = name.given, !name.family.isEmpty {
      words = [given] + name.family
    } else {
      words = [name.single, name.given].compactMap(\.self) + name.middle + name.family
    }
    var identity: [UInt8] = []
    // Sorted, because `GONZALEZ MARIA` does not say which word is the family name.
    for word in words.map({ $0.isInitial ? UInt64($0.initial) : $0.hash }).sorted() { append(word, to: &identity) }
    append(name.generation ?? 0, to: &identity)
    return identity
  }

  private func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }
}
