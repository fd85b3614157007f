/// A JSON value as a tree, for small things such as settings, log entries and lines of a worker.
///
/// The order of members and the digits of numbers are kept.
public enum JSONValue: Hashable, Sendable {
  /// No value.
  case null
  /// A truth value.
  case bool(Bool)
  /// A number, as it is written.
  case number(String)
  /// A text.
  case string(String)
  /// Elements in order.
  case array([JSONValue])
  /// Members in order.
  case object([JSONMember])

  /// The value of the member with this name; nil when there is none or this is no object.
  public subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

  /// The text, when it is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, when it is one and is written as an integer that fits.
  public var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

  /// The truth value, when it is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements, when it is an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members, when it is an object.
  public var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }
}

/// A name and a value of a JSON object.
public struct JSONMember: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The value.
  public var value: JSONValue

  /// The member `name` with the value `value`.
  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}
