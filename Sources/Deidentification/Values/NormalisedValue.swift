internal import Bytes
internal import PHI

/// The key under which two spellings of one value are the same value: `(208) 555-0148` and `208.555.0148`.
enum NormalisedValue {
  /// The key of the value that `text` spells; names are linked by `People` instead.
  static func key(of text: Span<UInt8>, as identifier: Identifier, asOf reference: CalendarDate) -> UInt64 {
    if identifier == .date, let date = WrittenDate(text, asOf: reference) { return date.key }
    var hash = NameWords.seed
    read(text, as: identifier) { hash = NameWords.adding($0, to: hash) }
    return hash
  }

  /// The bytes that all spellings of the value that `text` spells have in common.
  static func bytes(of text: Span<UInt8>, as identifier: Identifier, asOf reference: CalendarDate) -> [UInt8] {
    if identifier == .date, let date = WrittenDate(text, asOf: reference) { return Array("\(date.key)".utf8) }
    var bytes: [UInt8] = []
    read(text, as: identifier) { bytes.append($0) }
    return bytes
  }

  /// What of a spelling counts beside its letters and digits.
  private enum Joining {
    /// Nothing: `TV-0051` is `TV0051`.
    case nothing
    /// That something stands between two words, not what.
    case separators
    /// Every mark as it is, letters in any case.
    case marks
    /// Every byte as it is.
    case everything
  }

  private static func read(_ text: Span<UInt8>, as identifier: Identifier, _ body: (UInt8) -> Void) {
    switch identifier {
    case .phone, .fax, .socialSecurityNumber: readDigits(text, body)
    case .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device, .zipCode:
      read(text, joining: .nothing, body)
    case .url: read(text, joining: .everything, body)
    case .email, .ipAddress: read(text, joining: .marks, body)
    case .date, .name, .street, .city, .county, .facility, .organization, .ageOver89, .biometric, .photograph,
      .otherNumber, .uniqueDescription:
      read(text, joining: .separators, body)
    }
  }

  private static func read(_ text: Span<UInt8>, joining: Joining, _ body: (UInt8) -> Void) {
    var hasBegun = false
    var isPending = false
    for place in text.indices {
      let byte = text[place]
      if ASCII.isAlphanumeric(byte) || byte >= 0x80 || joining == .marks || joining == .everything {
        if isPending, joining == .separators { body(0x20) }
        isPending = false
        hasBegun = true
        body(joining == .everything ? byte : ASCII.lowercased(byte))
      } else {
        isPending = hasBegun
      }
    }
  }

  /// The digits alone, without the country code of North America; all of the text when there are too few.
  private static func readDigits(_ text: Span<UInt8>, _ body: (UInt8) -> Void) {
    var count = 0
    for place in text.indices where ASCII.isDigit(text[place]) { count += 1 }
    guard count >= 4 else { return read(text, joining: .separators, body) }
    var isFirst = true
    for place in text.indices where ASCII.isDigit(text[place]) {
      if !isFirst || count != 11 || text[place] != 0x31 { body(text[place]) }
      isFirst = false
    }
  }
}
