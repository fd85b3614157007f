import Detection

/// What a text looks like that may hold resources.
extension [UInt8] {
  /// How often a word is in it.
  func occurrences(of word: [UInt8]) -> Int {
    var (count, place) = (0, 0)
    while let start = self[place...].firstIndex(of: word[0]) {
      place = start + 1
      guard self[start...].starts(with: word) else { continue }
      (count, place) = (count + 1, start + word.count)
    }
    return count
  }

  /// Whether what is open there goes on like an object of JSON.
  func mayBeObject(at open: Int) -> Bool {
    let first = self[(open + 1)...].prefix(4096).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == 0x22 || first == 0x7D
  }

  /// Where what looks like an object of JSON ends; nil where it does not.
  func endOfObject(at open: Int) -> Int? {
    var (depth, place, isString) = (0, open, false)
    while place < count {
      switch self[place] {
      case 0x5C where isString: place += 1
      case 0x22: isString.toggle()
      case 0x7B where !isString: depth += 1
      case 0x7D where !isString:
        depth -= 1
        if depth == 0 { return place + 1 }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// Whether it speaks of a resource, its escapes read.
  var speaksOfResources: Bool {
    let read = unescaped
    return read.occurrences(of: ResourceElements.structural) > 0 || read.holdsMarkup
  }

  /// What it says where `\u00` with two digits stands for a character.
  private var unescaped: [UInt8] {
    var (result, place): ([UInt8], Int) = ([], 0)
    while place < count {
      let escape = self[place...].prefix(6)
      if self[place] == 0x5C, escape.count == 6, escape.dropFirst().starts(with: "u00".utf8),
        let value = UInt8(String(decoding: escape.suffix(2), as: UTF8.self), radix: 16)
      {
        result.append(value)
        place += 6
      } else {
        result.append(self[place])
        place += 1
      }
    }
    return result
  }

  /// Whether it is words alone: nothing in it gives a name a value.
  var isProse: Bool { !contains { [0x7B, 0x3A, 0x3D, 0x3C, 0x5C].contains($0) } }

  /// Whether a namespace of XML in it is FHIR's, in whichever quotes, for whichever prefix, escaped as often as may be, and
  /// spelled in references to characters or not.
  var holdsMarkup: Bool {
    if namesFHIR { return true }
    guard contains(0x26) || contains(0x25), let disguise = Disguise(self) else { return false }
    return disguise.text.namesFHIR
  }

  private var namesFHIR: Bool {
    let word = Array("xmlns".utf8)
    var place = startIndex
    while let start = self[place...].firstIndex(of: word[0]) {
      place = start + 1
      guard self[start...].starts(with: word) else { continue }
      // Nothing but a prefix is between them.
      guard let sign = self[(start + word.count)...].firstIndex(where: { [0x3D, 0x3C, 0x3E].contains($0) }) else {
        return false
      }
      place = sign + 1
      if self[sign] == 0x3D, isFHIR(after: sign + 1) { return true }
    }
    return false
  }

  /// Whether FHIR's namespace is what comes next, after spaces and a quote.
  private func isFHIR(after place: Int) -> Bool {
    let value = self[place...].drop { [0x20, 0x09, 0x0A, 0x0D, 0x22, 0x27, 0x5C].contains($0) }
    // A quote may be a number or a name: `\\u0022`, `&quot;`.
    let few = value.prefix(160).filter { $0 != 0x5C }
    let scheme = Array("http".utf8)
    guard let start = few.indices.prefix(12).first(where: { few[$0...].starts(with: scheme) }) else { return false }
    let name = few[(start + scheme.count)...]
    return ["://hl7.org/fhir", "s://hl7.org/fhir"].contains { name.starts(with: $0.utf8) }
  }
}
