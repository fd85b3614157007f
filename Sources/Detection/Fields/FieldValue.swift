/// A value whose label, key, column or position says what it is.
package struct FieldValue: Hashable, Sendable {
  /// What the label says.
  package var field: Field
  /// The first and the last word of the value.
  package var first: Int, last: Int
  /// How the value is bounded.
  package var bound: Bound

  /// How the end of a value is known.
  package enum Bound: Sendable {
    /// By the form of an identifier: the value is a number or a code.
    case form
    /// By quotes, a cell, a tag or the position in a message: the value is all that stands there.
    case layout
    /// By the end of the line, a wide gap or a comma after `label:`.
    case line
  }

  /// A value from the word `first` to the word `last`.
  package init(_ field: Field, from first: Int, through last: Int, bound: Bound) {
    self.field = field
    self.first = first
    self.last = last
    self.bound = bound
  }
}

extension FieldValue {
  /// Every announced value of `page`.
  static func all(on page: Page) -> [FieldValue] {
    var grammar = FieldGrammar(page)
    grammar.read()
    var keyed = KeyedFields(page)
    keyed.read()
    var table = TableFields(page)
    table.read()
    var message = MessageFields(page)
    message.read()
    var claim = ClaimFields(page)
    claim.read()
    return grammar.values + keyed.values + table.values + message.values + claim.values
  }
}
