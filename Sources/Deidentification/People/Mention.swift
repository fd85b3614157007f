internal import Bytes

/// A mention of a person: the name, and what stands before it.
struct Mention: Sendable {
  var name: PersonName
  /// A relative is announced: `her son John`.
  var isKin = false
  /// A child without a name of its own is announced: `Baby Boy Haddad`.
  var isNewborn = false

  /// The mention at `range` of `text`.
  init(at range: Range<Int>, in text: Span<UInt8>) {
    name = PersonName(parsing: text.extracting(range))
    var end = range.lowerBound
    for _ in 0..<2 {
      guard let word = Mention.word(before: &end, in: text) else { return }
      switch NameWords.meaning(of: word) {
      case .titleOf(let sex): if name.sex == nil { name.sex = sex }
      case .kin: isKin = true
      case .newborn: isNewborn = true
      case .title: continue
      default: return
      }
    }
  }

  /// The hash of the word on the same line that ends before `end`, which moves to where the word begins.
  private static func word(before end: inout Int, in text: Span<UInt8>) -> UInt64? {
    var last = end
    while last > 0, text[last - 1] == 0x20 || text[last - 1] == 0x2E { last -= 1 }
    var first = last
    while first > 0, last - first < 16, ASCII.isLetter(text[first - 1]) { first -= 1 }
    guard first < last, last < end else { return nil }
    var hash = NameWords.seed
    for place in first..<last { hash = NameWords.adding(text[place] | 0x20, to: hash) }
    end = first
    return hash
  }
}
