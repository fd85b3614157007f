@_spi(_Unicode) import Swift

/// Prepares a text as BERT's tokenizers do: control characters gone, ideographs apart, accents and capitals off.
struct BertNormalizer: Hashable, Sendable {
  var cleansText = true
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  /// The letters of a text as the tokenizer is to see them, each with its place in the text.
  func normalized(_ letters: [Letter]) -> [Letter] {
    var output: [Letter] = []
    output.reserveCapacity(letters.count)
    for letter in letters {
      let value = letter.scalar.value
      if value < 0x80 {
        appendASCII(letter, value, to: &output)
      } else if !cleansText || !letter.scalar.isRemoved {
        append(letter, to: &output)
      }
    }
    return output
  }

  private func appendASCII(_ letter: Letter, _ value: UInt32, to output: inout [Letter]) {
    var letter = letter
    if cleansText {
      if value == 0x09 || value == 0x0A || value == 0x0D {
        letter.scalar = " "
      } else if value < 0x20 || value == 0x7F {
        return
      }
    }
    if lowercases, (0x41...0x5A).contains(value) { letter.scalar = Unicode.Scalar(UInt8(value | 0x20)) }
    output.append(letter)
  }

  private func append(_ letter: Letter, to output: inout [Letter]) {
    if cleansText, letter.scalar.properties.isWhitespace {
      output.append(Letter(scalar: " ", range: letter.range))
      return
    }
    let isIdeograph = separatesIdeographs && letter.scalar.isIdeograph
    if isIdeograph { output.append(Letter(scalar: " ", range: letter.range)) }
    if stripsAccents {
      for part in String(letter.scalar)._nfd where part.properties.generalCategory != .nonspacingMark {
        append(part, letter.range, to: &output)
      }
    } else {
      append(letter.scalar, letter.range, to: &output)
    }
    if isIdeograph { output.append(Letter(scalar: " ", range: letter.range)) }
  }

  private func append(_ scalar: Unicode.Scalar, _ range: Range<Int>, to output: inout [Letter]) {
    guard lowercases else {
      output.append(Letter(scalar: scalar, range: range))
      return
    }
    for lower in scalar.properties.lowercaseMapping.unicodeScalars {
      output.append(Letter(scalar: lower, range: range))
    }
  }
}

extension Unicode.Scalar {
  /// Whether BERT drops it: a control, a format character, private use, or the mark of what could not be read.
  fileprivate var isRemoved: Bool {
    switch properties.generalCategory {
    case .control: !properties.isWhitespace || value == 0x85
    case .format, .privateUse, .surrogate: true
    default: value == 0xFFFD
    }
  }

  /// Whether BERT sets it apart as a word of its own.
  fileprivate var isIdeograph: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Whether BERT sets it apart as a mark.
  var isBertPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0...0x7F: return false
    default: break
    }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }
}
