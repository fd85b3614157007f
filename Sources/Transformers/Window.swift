/// A row of tokens that a model reads at once, and which of its answers count.
package struct Window: Hashable, Sendable {
  /// The tokens read.
  package var read: Range<Int>
  /// The tokens answered for: those that stand in its middle, where the model sees both sides.
  package var answered: Range<Int>

  /// A row of tokens, and those of them that it answers for.
  package init(read: Range<Int>, answered: Range<Int>) {
    self.read = read
    self.answered = answered
  }

  /// Windows of at most `width` tokens over all tokens, neighbours sharing `overlap` of them.
  ///
  /// A window begins with a word where it can. Each token is answered for once: what neighbours share is halved.
  package static func windows(over tokens: [Token], width: Int, overlap: Int) -> [Window] {
    precondition(overlap >= 0 && overlap < width, "windows go forward")
    var windows: [Window] = []
    var start = 0
    var answered = 0
    while answered < tokens.count {
      let end = min(start + width, tokens.count)
      guard end < tokens.count else {
        windows.append(Window(read: start..<end, answered: answered..<end))
        break
      }
      var next = end - overlap
      while next - 1 > start, next > end - 2 * overlap, tokens[next].word == tokens[next - 1].word { next -= 1 }
      next = max(next, start + 1)
      let middle = max(answered, next + (end - next) / 2)
      windows.append(Window(read: start..<end, answered: answered..<middle))
      (start, answered) = (next, middle)
    }
    return windows
  }
}
