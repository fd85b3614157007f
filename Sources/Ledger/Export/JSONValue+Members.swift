import Bytes

extension JSONValue {
  /// An object with those of the members that have a value.
  init(members: KeyValuePairs<String, JSONValue?>) {
    self = .object(members.compactMap { member in member.value.map { JSONMember(member.key, $0) } })
  }

  /// A text; nil when there is none or it is empty.
  static func text(_ text: String?) -> JSONValue? {
    guard let text, !text.isEmpty else { return nil }
    return .string(text)
  }

  /// An array; nil when it is empty.
  static func list(_ elements: [JSONValue]) -> JSONValue? { elements.isEmpty ? nil : .array(elements) }
}
