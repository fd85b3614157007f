/// How the text around a place uses capitals.
package enum LetterCase: String, Sendable {
  case lower
  case upper = "ALL CAPS"
  case mixed

  /// The use of capitals in the hundred code points on either side of `range`, and in it.
  ///
  /// A few letters against the rule are let pass: an initial in a dictation, a unit in a report in capitals.
  package init(around range: Range<Int>, in text: String) {
    let start = max(0, range.lowerBound - 100)
    let window = text.unicodeScalars.dropFirst(start).prefix(range.upperBound + 100 - start)
    let capitals = window.count { $0.properties.isUppercase }
    let small = window.count { $0.properties.isLowercase }
    self = capitals * 50 <= small ? .lower : small * 10 <= capitals ? .upper : .mixed
  }
}
