/// A scalar of a text made ready for a tokenizer, and where in the text it comes from.
struct Letter: Hashable, Sendable {
  var scalar: Unicode.Scalar
  /// The place of the scalar it was made from, in UTF-8 bytes.
  var range: Range<Int>

  /// The letters of `text` as they stand; bytes that are not UTF-8 are one U+FFFD each or more.
  static func letters(of text: some Collection<UInt8>) -> [Letter] {
    var letters: [Letter] = []
    letters.reserveCapacity(text.count)
    var bytes = text.makeIterator()
    var start = 0
    var parser = Unicode.UTF8.ForwardParser()
    while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded):
        let end = start + encoded.count
        letters.append(Letter(scalar: Unicode.UTF8.decode(encoded), range: start..<end))
        start = end
      case .error(let length):
        letters.append(Letter(scalar: "\u{FFFD}", range: start..<start + length))
        start += length
      case .emptyInput: return letters
      }
    }
  }
}
