/// The type of an expression, as the validator knows it.
package indirect enum ValueType: Hashable, Sendable {
  /// No value has it.
  case never
  /// Truth values; just one of them when the validator knows which.
  case bool(Bool?)
  /// 64-bit integers.
  case long
  /// Texts.
  case string
  /// Sets of a type; sets of anything when nil.
  case set(ValueType?)
  /// References to entities of one type.
  case entity(Text)
  /// References to entities.
  case anyEntity
  /// Records with exactly these attributes.
  case record(RecordType)
  /// Records with any attributes.
  case anyRecord
  /// An extension type.
  case extended(ValueKind)
}

/// The attributes of a record or an entity.
package struct RecordType: Hashable, Sendable {
  /// The type of one attribute.
  package struct Attribute: Hashable, Sendable {
    /// The type of its values.
    package var type: ValueType
    /// Whether it is always there.
    package var isRequired: Bool

    /// An attribute of this type.
    package init(type: ValueType, isRequired: Bool) {
      self.type = type
      self.isRequired = isRequired
    }
  }

  /// The attributes by name.
  package var attributes: [Text: Attribute] = [:]

  /// The attribute `name`.
  package subscript(name: Text) -> Attribute? { attributes[name] }
}

extension ValueType: CustomStringConvertible {
  /// The type as a schema writes it, as far as it can.
  package var description: String {
    switch self {
    case .never: "never"
    case .bool(nil): "Bool"
    case .bool(let value?): String(value)
    case .long: "Long"
    case .string: "String"
    case .set(let element): "Set<\(element?.description ?? "any")>"
    case .entity(let name): name.string
    case .anyEntity: "entity"
    case .record(let record): "{\(record.listing)}"
    case .anyRecord: "record"
    case .extended(let kind): kind.rawValue
    }
  }
}

extension RecordType {
  fileprivate var listing: String {
    let attributes = attributes.sorted { $0.key < $1.key }
    return attributes.map { "\($0.key)\($0.value.isRequired ? "" : "?"): \($0.value.type)" }.joined(separator: ", ")
  }
}
