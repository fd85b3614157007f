/// What `like` compares a text with: pieces that must follow each other, with anything between them.
package struct Pattern: Hashable, Sendable {
  /// The pieces between the wildcards; one piece means no wildcard.
  package var pieces: [Text]

  /// A pattern of these pieces, at least one.
  package init(pieces: [Text]) {
    precondition(!pieces.isEmpty)
    self.pieces = pieces
  }

  /// Whether `text` is of this shape.
  ///
  /// Bytes serve as well as code points: no piece of valid UTF-8 is found inside a code point.
  package func matches(_ text: Text) -> Bool {
    var rest = Array(text.string.utf8)[...]
    let first = Array(pieces[0].string.utf8)
    guard rest.starts(with: first) else { return false }
    rest = rest.dropFirst(first.count)
    guard pieces.count > 1 else { return rest.isEmpty }
    for piece in pieces[1..<(pieces.count - 1)] {
      let bytes = Array(piece.string.utf8)
      guard let end = rest.end(ofFirst: bytes) else { return false }
      rest = rest[end...]
    }
    let last = Array(pieces[pieces.count - 1].string.utf8)
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }
}

extension ArraySlice<UInt8> {
  fileprivate func end(ofFirst piece: [UInt8]) -> Int? {
    guard let head = piece.first else { return startIndex }
    var start = startIndex
    while start + piece.count <= endIndex {
      if self[start] == head, self[start..<(start + piece.count)].elementsEqual(piece) { return start + piece.count }
      start += 1
    }
    return nil
  }
}
