/// Letters of the Cyrillic and the Greek alphabet that look like Latin ones (Unicode Technical Standard 39, confusables).
///
/// They are taken for Latin in a word that has Latin letters as well, and, in a text that is mostly Latin, in a word that
/// has no other letters.
enum LookAlikes {
  /// The first bytes of the letters in UTF-8.
  static let leads: ClosedRange<UInt8> = 0xCD...0xD4

  /// The text with Latin letters in the place of such; nil when there are none to be replaced.
  static func replacing(in text: [UInt8]) -> (text: [UInt8], origin: TextOrigin)? {
    guard text.contains(where: leads.contains) else { return nil }
    let isLatin = isMostlyLatin(text)
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var origin = TextOrigin(reserving: text.count)
    var isReplaced = false
    var place = 0
    while place < text.count {
      let word = Word(text, from: place)
      let isDisguised = word.isDisguised(in: isLatin)
      if isDisguised { isReplaced = true }
      let end = max(word.range.upperBound, place + 1)
      while place < end {
        if isDisguised, leads.contains(text[place]), let kin = kin(text, at: place) {
          origin.append(place)
          plain.append(kin)
          place += 2
        } else {
          origin.append(place)
          plain.append(text[place])
          place += 1
        }
      }
    }
    origin.append(text.count)
    return isReplaced ? (plain, origin) : nil
  }

  /// A run of letters, and of which alphabets they are.
  private struct Word {
    private(set) var range: Range<Int>
    private var latin = 0
    private var lookAlikes = 0
    private var others = 0
    /// Whether its only such letter is a Greek one at an end, as in the names of proteins.
    private var hasGreekEnd = false

    init(_ text: [UInt8], from start: Int) {
      var place = start
      while place < text.count {
        let byte = text[place]
        if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A {
          latin += 1
          place += 1
        } else if leads.contains(byte), place + 1 < text.count {
          if kin(text, at: place) != nil { lookAlikes += 1 } else { others += 1 }
          place += 2
        } else if byte >= 0x80 {
          // Letters with accents, and what else there is: neither here nor there.
          place += 1
        } else {
          break
        }
      }
      range = start..<place
      let isGreek = { (byte: UInt8) in byte >= 0xCD && byte < 0xD0 }
      hasGreekEnd = lookAlikes == 1 && place - start > 2 && (isGreek(text[start]) || isGreek(text[place - 2]))
    }

    func isDisguised(in isLatin: Bool) -> Bool {
      guard lookAlikes > 0, !hasGreekEnd, latin + lookAlikes + others > 2 else { return false }
      return latin > 0 || isLatin && others == 0
    }
  }

  private static func isMostlyLatin(_ text: [UInt8]) -> Bool {
    var (latin, others) = (0, 0)
    for byte in text {
      if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A { latin += 1 } else if leads.contains(byte) { others += 1 }
    }
    return latin > 3 * others
  }

  private static func kin(_ text: [UInt8], at place: Int) -> UInt8? {
    guard place + 1 < text.count else { return nil }
    return table[UInt16(text[place]) << 8 | UInt16(text[place + 1])]
  }

  private static let table: [UInt16: UInt8] = {
    var table: [UInt16: UInt8] = [:]
    for (others, latin) in pairs {
      for (other, kin) in zip(others, latin.utf8) {
        let bytes = Array(String(other).utf8)
        if bytes.count == 2 { table[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] = kin }
      }
    }
    return table
  }()

  private static let pairs = [
    ("АВЕЅІЈКМНОРСТУХԌԚԜӀ", "ABESIJKMHOPCTYXGQWI"), ("авеѕіјкмоԛрсԝтухһԁӏьг", "abesijkmoqpcwtyxhdlbr"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHIKMNOPTYXC"), ("αγεηικνοορτυχϲϳω", "ayenikvooptuxcjw"),
  ]
}
