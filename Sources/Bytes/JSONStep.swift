/// One step of the way from the top of a JSON text to a value in it.
public enum JSONStep: Hashable, Sendable {
  /// To the member whose name is at this place in the text, between its quotes.
  case name(Range<Int>)
  /// To the element with this index.
  case index(Int)
}
