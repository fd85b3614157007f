extension Span<UInt8> {
  /// Whether the bytes are those of `word`.
  public func spells(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && spells(word, at: 0)
  }

  /// Whether the bytes from `offset` on begin with those of `word`; with `ignoringCase`, `word` is in lower case.
  public func spells(_ word: StaticString, at offset: Int, ignoringCase: Bool = false) -> Bool {
    guard offset >= 0, word.utf8CodeUnitCount <= count - offset else { return false }
    for index in 0..<word.utf8CodeUnitCount {
      let byte = ignoringCase ? ASCII.lowercased(self[offset + index]) : self[offset + index]
      guard unsafe byte == word.utf8Start[index] else { return false }
    }
    return true
  }
}
