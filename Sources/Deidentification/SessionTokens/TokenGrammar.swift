internal import Bytes
internal import PHI

/// The written form of session tokens, all of it.
///
/// ```
/// token     = kind separator index [form] separator check
/// kind      = the label of an identifier                      NAME
/// index     = 1 to 9999999, no leading zero                   1
/// form      = absent for the first spelling, then B to ZZZ    B
/// check     = three consonants other than Y                   KTQ
/// separator = "_"
/// ```
///
/// Cordon writes `NAME_1_KTQ` and `NAME_1B_WXD`. What it reads as the same is told by `TokenReading`.
enum TokenGrammar {
  static let consonants: [UInt8] = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
  /// How many different check letters there are.
  static let checks: UInt16 = 8000
  static let largestIndex: UInt32 = 9_999_999
  static let largestForm: UInt32 = 26 + 26 * 26 + 26 * 26 * 26 - 1
  /// The longest text that can be read as a token: `BIOMETRIC\\_9999999ZZZ\\_BCD`.
  static let longest = 9 + 3 + 7 + 3 + 3 + 3

  private static let digitsOfIndex = 7
  private static let lettersOfForm = 3
  private static let underscore: UInt8 = 0x5F
  private static let backslash: UInt8 = 0x5C

  /// Every kind with the letters of its label, longest first, so that `ZIP` is tried before `IP`.
  static let kinds: [Kind] = Identifier.allCases
    .map(Kind.init)
    .sorted { $0.letters.count > $1.letters.count }

  /// The same by the first letter of their labels, which has the low five bits of its place.
  private static let kindsByLetter: [[Kind]] = (0..<32).map { bits in kinds.filter { Int($0.letters[0] & 0x1F) == bits }
  }

  /// The kinds whose label begins with this byte, in any case.
  static func kinds(beginningWith byte: UInt8) -> [Kind] { ASCII.isLetter(byte) ? kindsByLetter[Int(byte & 0x1F)] : [] }

  /// Which two letters labels begin with: for each first letter a bit for each second one.
  ///
  /// Most places of a text are told from the beginning of a token by it alone. Who asks for many holds it.
  struct Beginnings {
    private var seconds = InlineArray<32, UInt32>(repeating: 0)

    init(_ kinds: [Kind]) {
      for kind in kinds { seconds[Int(kind.letters[0] & 0x1F)] |= 1 << UInt32(kind.letters[1] & 0x1F) }
    }

    /// Whether a label may begin at `place`: between its letters there may be characters that nobody sees.
    func mayBegin(at place: Int, in bytes: Span<UInt8>) -> Bool {
      guard ASCII.isLetter(bytes[place]) else { return false }
      let seconds = seconds[Int(bytes[place] & 0x1F)]
      guard place + 1 < bytes.count, seconds != 0 else { return seconds != 0 }
      let next = bytes[place + 1]
      return ASCII.isLetter(next) ? seconds & (1 << UInt32(next & 0x1F)) != 0 : TokenSpelling.mayBeginInvisible(next)
    }
  }

  static let beginnings = Beginnings(kinds)

  /// A kind of identifier and its label.
  struct Kind {
    let identifier: Identifier
    let letters: [UInt8]
    private let second: UInt8

    init(_ identifier: Identifier) {
      self.identifier = identifier
      letters = Array(identifier.label.utf8)
      second = letters[1]
    }

    /// Whether the byte behind its first letter is no other letter; what stands between letters may be invisible.
    func mayBegin(at place: Int, in bytes: Span<UInt8>) -> Bool {
      guard place + 1 < bytes.count, ASCII.isLetter(bytes[place + 1]) else { return true }
      return bytes[place + 1] & 0xDF == second
    }
  }

  private static let labels: [[UInt8]] = Identifier.allCases.map { Array($0.label.utf8) }

  /// The value of each byte as a check letter in any case, 0xFF for a byte that is none.
  static let consonantValues: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in consonants.enumerated() {
      values[Int(letter)] = UInt8(value)
      values[Int(letter | 0x20)] = UInt8(value)
    }
    return values
  }()

  static func write(_ token: SessionToken, into output: inout [UInt8]) {
    output.append(contentsOf: labels[Int(token.identifier.rawValue)])
    output.append(underscore)
    appendDecimal(token.index, to: &output)
    appendForm(token.form, to: &output)
    output.append(underscore)
    let check = Int(token.check)
    output.append(consonants[check / 400])
    output.append(consonants[check / 20 % 20])
    output.append(consonants[check % 20])
  }

  /// What stands after a kind: an index, a form and check letters, and where they end.
  struct Tail {
    var index: UInt32
    var form: UInt32
    var check: UInt16
    var end: Int
  }

  /// Calls `body` with each kind whose label ends before the separator with its underscore at `separator`, and where
  /// the label begins, longest label first, until `body` is content.
  static func eachKind(
    before separator: Int, in bytes: Span<UInt8>, notBefore floor: Int, until body: (Identifier, Int) -> Bool
  ) {
    var end = separator
    while end > floor, separator - end < 2, bytes[end - 1] == backslash { end -= 1 }
    guard end > floor, ASCII.isLetter(bytes[end - 1]) else { return }
    for kind in kinds where end - floor >= kind.letters.count && spells(kind.letters, in: bytes, endingAt: end) {
      if body(kind.identifier, end - kind.letters.count) { return }
    }
  }

  /// The index that begins at `start`, and where it ends.
  static func index(at start: Int, in bytes: Span<UInt8>) -> (value: UInt32, end: Int)? {
    guard start < bytes.count, bytes[start] != 0x30 else { return nil }
    var value: UInt32 = 0
    var end = start
    while end < bytes.count, end - start < digitsOfIndex, ASCII.isDigit(bytes[end]) {
      value = value * 10 + UInt32(bytes[end] &- 0x30)
      end += 1
    }
    return end > start ? (value, end) : nil
  }

  /// What stands after the underscore at `separator`, if it makes a token.
  static func tail(after separator: Int, in bytes: Span<UInt8>) -> Tail? {
    guard let index = index(at: separator + 1, in: bytes) else { return nil }
    var at = index.end
    let form = readForm(in: bytes, at: &at)
    guard let form, skipSeparator(in: bytes, at: &at), at + 3 <= bytes.count else { return nil }
    var check: UInt16 = 0
    for place in at..<at + 3 {
      let value = consonantValues[Int(bytes[place])]
      guard value != 0xFF else { return nil }
      check = check * 20 + UInt16(value)
    }
    return Tail(index: index.value, form: form, check: check, end: at + 3)
  }

  /// Steps over `_`, `\_` or `\\_`; false when it is not there, with `at` at the byte that is missing or wrong.
  private static func skipSeparator(in bytes: Span<UInt8>, at: inout Int) -> Bool {
    let start = at
    while at < bytes.count, at - start < 2, bytes[at] == backslash { at += 1 }
    guard at < bytes.count, bytes[at] == underscore else { return false }
    at += 1
    return true
  }

  /// Reads no letters as the first form, `B` as the second; nil when letters spell no form.
  private static func readForm(in bytes: Span<UInt8>, at: inout Int) -> UInt32? {
    let start = at
    var number: UInt32 = 0
    while at < bytes.count, ASCII.isLetter(bytes[at]) {
      guard at - start < lettersOfForm else { return nil }
      number = number * 26 + UInt32(ASCII.uppercased(bytes[at]) &- 0x40)
      at += 1
    }
    if at == start { return 0 }
    return number > 1 || at == bytes.count ? number - 1 : nil
  }

  private static func appendForm(_ form: UInt32, to output: inout [UInt8]) {
    guard form > 0 else { return }
    var rest = form + 1
    var letters: [UInt8] = []
    while rest > 0 {
      rest -= 1
      letters.append(UInt8(0x41 + rest % 26))
      rest /= 26
    }
    output.append(contentsOf: letters.reversed())
  }

  private static func appendDecimal(_ value: UInt32, to output: inout [UInt8]) {
    var divisor: UInt32 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      output.append(UInt8(0x30 + value / divisor % 10))
      divisor /= 10
    }
  }

  private static func spells(_ letters: [UInt8], in bytes: Span<UInt8>, endingAt end: Int) -> Bool {
    spells(letters, in: bytes, at: end - letters.count, count: letters.count)
  }

  private static func spells(_ letters: [UInt8], in bytes: Span<UInt8>, at start: Int, count: Int) -> Bool {
    for place in 0..<count where bytes[start + place] & 0xDF != letters[place] { return false }
    return true
  }
}
