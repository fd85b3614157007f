/// A piece of a text that a model has a number for.
package struct Token: Hashable, Sendable {
  /// The model's number of it.
  package var id: Int32
  /// Where it is, in UTF-8 bytes of the text; empty for what stands for no letter.
  package var range: Range<Int>
  /// Which word of the text it belongs to, counted from 0.
  package var word: Int32

  /// A piece of a word.
  package init(_ id: Int32, at range: Range<Int>, word: Int32) {
    self.id = id
    self.range = range
    self.word = word
  }
}
