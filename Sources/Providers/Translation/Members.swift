/// The members of an object of a request, taken one by one, so that what nobody has taken can be refused.
struct Members {
  /// The way to the object.
  let path: String
  private var rest: [WrittenMember]

  init(of value: WrittenValue, at path: String) throws(TranslationError) {
    guard let members = value.members else { throw TranslationError(.wrongType, at: path) }
    self.path = path
    rest = members
  }

  func path(to name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Takes a member; nil when there is none or it is null.
  mutating func take(_ name: String) -> WrittenValue? {
    guard let index = rest.firstIndex(where: { $0.name == name }) else { return nil }
    let value = rest.remove(at: index).value
    return value.isNull ? nil : value
  }

  /// Takes a member that must be there.
  mutating func need(_ name: String) throws(TranslationError) -> WrittenValue {
    guard let value = take(name) else { throw TranslationError(.missingField, at: path(to: name)) }
    return value
  }

  mutating func string(_ name: String) throws(TranslationError) -> String? {
    guard let value = take(name) else { return nil }
    guard let string = value.string else { throw TranslationError(.wrongType, at: path(to: name)) }
    return string
  }

  mutating func bool(_ name: String) throws(TranslationError) -> Bool? {
    guard let value = take(name) else { return nil }
    guard let bool = value.bool else { throw TranslationError(.wrongType, at: path(to: name)) }
    return bool
  }

  mutating func array(_ name: String) throws(TranslationError) -> [WrittenValue]? {
    guard let value = take(name) else { return nil }
    guard let array = value.array else { throw TranslationError(.wrongType, at: path(to: name)) }
    return array
  }

  mutating func number(_ name: String, in range: ClosedRange<Double>) throws(TranslationError) -> WrittenValue? {
    guard let value = take(name) else { return nil }
    guard let number = value.double else { throw TranslationError(.wrongType, at: path(to: name)) }
    guard range.contains(number) else { throw TranslationError(.outOfRange, at: path(to: name)) }
    return value
  }

  /// Takes members that have no effect on what is said.
  mutating func drop(_ names: String...) { rest.removeAll { names.contains($0.name) } }

  /// Takes a member that the other dialect lacks, and refuses it unless its value changes nothing.
  mutating func refuse(_ name: String, unless isIdle: (WrittenValue) -> Bool) throws(TranslationError) {
    guard let value = take(name), !isIdle(value) else { return }
    throw TranslationError(.notCarried, at: path(to: name))
  }

  /// Refuses the first member that is left, by its name when it is one of `known`.
  func refuseRest(naming known: [String] = []) throws(TranslationError) {
    guard let first = rest.first(where: { !$0.value.isNull }) else { return }
    throw TranslationError(.notCarried, at: path(to: known.contains(first.name) ? first.name : "*"))
  }
}

extension WrittenValue {
  /// Whether it is the number zero.
  var isZero: Bool { double == 0 }
  /// Whether it is false.
  var isFalse: Bool { bool == false }
  /// Whether it is an array or an object with nothing in it.
  var isEmpty: Bool { array?.isEmpty ?? members?.isEmpty ?? false }
}
