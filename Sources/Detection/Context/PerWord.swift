/// A value for each word of a page, and one for every place outside it.
///
/// Detectors look at neighbours of words; at the edges of a page there are none, and text decides where its edges are.
/// INVARIANT: no index traps.
struct PerWord<Element> {
  private var elements: ContiguousArray<Element>
  private let outside: Element

  /// The same value for each of `count` words, and `outside` beyond.
  init(repeating element: Element, count: Int, outside: Element) {
    elements = ContiguousArray(repeating: element, count: count)
    self.outside = outside
  }

  /// These values, and `outside` beyond.
  init(_ elements: ContiguousArray<Element>, outside: Element) {
    self.elements = elements
    self.outside = outside
  }

  /// How many words there are.
  var count: Int { elements.count }

  /// The value of the word at `index`; setting it outside the page does nothing.
  subscript(index: Int) -> Element {
    get { elements.indices.contains(index) ? elements[index] : outside }
    set { if elements.indices.contains(index) { elements[index] = newValue } }
  }
}

extension PerWord: Sendable where Element: Sendable {}
