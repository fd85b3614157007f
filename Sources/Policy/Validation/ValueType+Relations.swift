extension ValueType {
  /// Whether every value of this type is of the other.
  ///
  /// Strictly, records must have the same attributes; otherwise one may have more.
  func isSubtype(of other: ValueType) -> Bool {
    switch (self, other) {
    case (.never, _): true
    case (.bool, .bool(nil)), (.set, .set(nil)), (.record, .anyRecord), (.entity, .anyEntity): true
    case (.set(let left?), .set(let right?)): left.isSubtype(of: right)
    case (.record(let left), .record(let right)):
      left.attributes.count == right.attributes.count
        && left.attributes.allSatisfy { name, attribute in
          guard let match = right[name] else { return false }
          return attribute.isRequired == match.isRequired && attribute.type.isSubtype(of: match.type)
        }
    default: self == other
    }
  }

  /// The smallest type that holds the values of both; nil when strictly there is none.
  func joined(with other: ValueType) -> ValueType? {
    if isSubtype(of: other) { return other }
    if other.isSubtype(of: self) { return self }
    switch (self, other) {
    case (.bool, .bool): return .bool(nil)
    case (.set(let left?), .set(let right?)): return left.joined(with: right).map { .set($0) }
    case (.record(let left), .record(let right)):
      guard left.attributes.count == right.attributes.count else { return nil }
      var joined = RecordType()
      for (name, attribute) in left.attributes {
        guard let match = right[name], match.isRequired == attribute.isRequired,
          let type = attribute.type.joined(with: match.type)
        else { return nil }
        joined.attributes[name] = RecordType.Attribute(type: type, isRequired: attribute.isRequired)
      }
      return .record(joined)
    default: return nil
    }
  }
}
