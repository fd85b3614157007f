/// A large value that is held apart, so that what has it stays small.
///
/// An asynchronous function has room for each value that it hands on for as long as it runs: what a request consists of
/// is handed from one to the next, and would stand in each of them many times over. Held apart it is one reference;
/// setting it leaves alone what others hold.
@propertyWrapper
package struct Boxed<Value: Sendable>: Sendable {
  private var storage: Storage

  private final class Storage: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  package init(wrappedValue: Value) { storage = Storage(wrappedValue) }

  package var wrappedValue: Value {
    get { storage.value }
    set { storage = Storage(newValue) }
  }
}

extension Boxed: Equatable where Value: Equatable {
  package static func == (one: Boxed, other: Boxed) -> Bool {
    one.storage === other.storage || one.storage.value == other.storage.value
  }
}

extension Boxed: Hashable where Value: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(storage.value) }
}
