/// The escapes of a Cedar string, which are Rust's.
enum Escapes {
  /// What the body of a string stands for, cut at its wildcards; a string that is no pattern has one piece.
  ///
  /// Nil when an escape is malformed, or a carriage return stands bare.
  static func pieces(of body: ArraySlice<UInt8>, isPattern: Bool) -> [Text]? {
    var pieces: [[UInt8]] = [[]]
    var rest = body
    while let byte = rest.popFirst() {
      guard byte != 0x0D else { return nil }
      guard byte == 0x5C || byte == 0x2A && isPattern else {
        pieces[pieces.count - 1].append(byte)
        continue
      }
      if byte == 0x5C, isPattern, rest.first == 0x2A {
        rest.removeFirst()
        pieces[pieces.count - 1].append(0x2A)
        continue
      }
      guard let scalar = byte == 0x2A ? "*" : escape(&rest) else { return nil }
      // However it is written, a star in a pattern stands for anything, unless a backslash is before it.
      if scalar == "*", isPattern {
        pieces.append([])
      } else {
        pieces[pieces.count - 1].append(contentsOf: String(scalar).utf8)
      }
    }
    return pieces.map { Text(String(decoding: $0, as: UTF8.self)) }
  }

  private static func escape(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch rest.popFirst() {
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x30: return "\0"
    case 0x5C: return "\\"
    case 0x22: return "\""
    case 0x27: return "'"
    case 0x78:
      guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit), high < 8
      else { return nil }
      return Unicode.Scalar(high << 4 | low)
    case 0x75: return scalar(&rest)
    default: return nil
    }
  }

  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard rest.popFirst() == 0x7B, rest.first != 0x5F else { return nil }
    var code: UInt32 = 0
    var digits = 0
    while let byte = rest.popFirst() {
      if byte == 0x7D { return digits > 0 ? Unicode.Scalar(code) : nil }
      if byte == 0x5F { continue }
      guard let digit = hexDigit(byte), digits < 6 else { return nil }
      code = code << 4 | UInt32(digit)
      digits += 1
    }
    return nil
  }
}

/// The text as a Cedar string, quotes and all.
func quoted(_ text: Text) -> String { "\"\(escaped(text))\"" }

/// The text with everything escaped that a Cedar string cannot hold bare.
func escaped(_ text: Text) -> String {
  var result = ""
  for scalar in text.string.unicodeScalars {
    switch scalar {
    case "\\": result += "\\\\"
    case "\"": result += "\\\""
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\0": result += "\\0"
    case _ where isInvisible(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
  default: false
  }
}
