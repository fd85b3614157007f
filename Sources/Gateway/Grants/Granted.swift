/// What a list of the configuration grants: each value once, in the order of the list, with the terms on which it is granted.
package struct Granted<Value: Hashable & Sendable>: Hashable, Sendable {
  private var items: [Item] = []
  /// The values.
  package private(set) var set: Set<Value> = []

  /// One of them.
  private struct Item: Hashable, Sendable {
    let value: Value
    let terms: GrantTerms
  }

  /// Values that are granted without an end, and were read from no configuration.
  package init(_ values: some Sequence<Value>) {
    for value in values { grant(value) }
  }

  /// Nothing.
  package init() {}

  /// Grants another value; one that is granted already, on these terms in place of the former.
  package mutating func grant(_ value: Value, on terms: GrantTerms = GrantTerms()) {
    let item = Item(value: value, terms: terms)
    if set.insert(value).inserted {
      items.append(item)
    } else if let index = items.firstIndex(where: { $0.value == value }) {
      items[index] = item
    }
  }

  /// Whether a value is granted, on whatever terms.
  package func contains(_ value: Value) -> Bool { set.contains(value) }

  /// The values with their terms.
  package var terms: some Sequence<(Value, GrantTerms)> { items.lazy.map { ($0.value, $0.terms) } }

  /// The terms of a value; nil where it is not granted.
  package subscript(_ value: Value) -> GrantTerms? { items.first { $0.value == value }?.terms }

  /// The same with those of the values that fit.
  package func filter(_ fits: (Value) throws -> Bool) rethrows -> Granted {
    var left = Granted()
    for item in items where try fits(item.value) { left.grant(item.value, on: item.terms) }
    return left
  }
}

extension Granted: RandomAccessCollection {
  package var startIndex: Int { items.startIndex }
  package var endIndex: Int { items.endIndex }
  package subscript(position: Int) -> Value { items[position].value }
}

extension Granted: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Value...) { self.init(elements) }
}
