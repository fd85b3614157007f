/// What an expression can be worth.
package enum Value: Hashable, Sendable {
  /// A truth value.
  case bool(Bool)
  /// A 64-bit integer.
  case long(Int64)
  /// A text.
  case string(Text)
  /// A reference to an entity.
  case entity(EntityUID)
  /// A set, without order or repetition.
  case set(Set<Value>)
  /// A record.
  case record(Record)
  /// A number with four decimal places.
  case decimal(Decimal)
  /// An address, or a range of addresses.
  case address(IPAddress)
  /// A moment.
  case moment(Moment)
  /// A length of time.
  case duration(Interval)
}

/// Names and the values they stand for.
package typealias Record = [Text: Value]

extension Value {
  /// The kind of the value, in words for messages.
  package var kind: ValueKind {
    switch self {
    case .bool: .bool
    case .long: .long
    case .string: .string
    case .entity: .entity
    case .set: .set
    case .record: .record
    case .decimal: .decimal
    case .address: .address
    case .moment: .moment
    case .duration: .duration
    }
  }
}

/// The kinds of values there are.
package enum ValueKind: String, Hashable, Sendable {
  /// A kind each, named as Cedar names it.
  case bool, long, string, entity, set, record, decimal
  /// `ipaddr`.
  case address = "ipaddr"
  /// `datetime`.
  case moment = "datetime"
  /// `duration`.
  case duration
}

extension Value: CustomStringConvertible {
  /// The value as a Cedar expression; sets and records in byte order.
  package var description: String {
    switch self {
    case .bool(let value): String(value)
    case .long(let value): String(value)
    case .string(let text): quoted(text)
    case .entity(let uid): uid.description
    case .set(let elements): "[\(elements.map(\.description).sorted(by: bytesPrecede).joined(separator: ", "))]"
    case .record(let record):
      "{\(record.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value)" }.joined(separator: ", "))}"
    case .decimal(let value): "decimal(\"\(value)\")"
    case .address(let value): "ip(\"\(value)\")"
    case .moment(let value): value.description
    case .duration(let value): "duration(\"\(value)\")"
    }
  }
}

private func bytesPrecede(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
