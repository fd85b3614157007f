internal import Bytes
internal import PHI

/// The key under which two spellings of one value are the same value: `(208) 555-0148` and `208.555.0148`.
enum NormalisedValue {
  /// The key of the value that `text` spells; names are linked by `People` instead.
  static func key(of text: Span<UInt8>, as identifier: Identifier, asOf reference: CalendarDate) -> UInt64 {
    switch identifier {
    case .date:
      if let date = WrittenDate(text, asOf: reference) { return date.key }
      return hash(text, joining: .separators)
    case .phone, .fax, .socialSecurityNumber: return digits(text)
    case .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device, .zipCode:
      return hash(text, joining: .nothing)
    case .url: return hash(text, joining: .everything)
    case .email, .ipAddress: return hash(text, joining: .marks)
    case .name, .street, .city, .county, .facility, .organization, .ageOver89, .biometric, .photograph, .otherNumber,
      .uniqueDescription:
      return hash(text, joining: .separators)
    }
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

  private static func hash(_ text: Span<UInt8>, joining: Joining) -> UInt64 {
    var hash = NameWords.seed
    var isPending = false
    for place in text.indices {
      let byte = text[place]
      if ASCII.isAlphanumeric(byte) || byte >= 0x80 || joining == .marks || joining == .everything {
        if isPending, joining == .separators { hash = NameWords.adding(0x20, to: hash) }
        isPending = false
        hash = NameWords.adding(joining == .everything ? byte : ASCII.lowercased(byte), to: hash)
      } else {
        isPending = hash != NameWords.seed
      }
    }
    return hash
  }

  /// The digits alone, without the country code of North America; all of the text when there are too few.
  private static func digits(_ text: Span<UInt8>) -> UInt64 {
    var count = 0
    for place in text.indices where ASCII.isDigit(text[place]) { count += 1 }
    guard count >= 4 else { return hash(text, joining: .separators) }
    var skipped = count == 11 ? 1 : 0
    var hash = NameWords.seed
    for place in text.indices where ASCII.isDigit(text[place]) {
      if skipped == 1, text[place] == 0x31 {
        skipped = 0
        continue
      }
      skipped = 0
      hash = NameWords.adding(text[place], to: hash)
    }
    return hash
  }
}
