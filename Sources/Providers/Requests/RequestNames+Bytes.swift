import Bytes

extension RequestNames {
  /// All that it knows, to be sealed where a vendor works by and by.
  package var bytes: [UInt8] {
    var fields = ByteFields()
    for (made, original) in originals.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      fields.append(made)
      fields.append(original)
    }
    return fields.bytes
  }

  /// The names that these bytes were made of; nil when there are none.
  package init?(bytes: [UInt8]) {
    self.init()
    var fields = ByteFieldReader(bytes)
    while !fields.isAtEnd {
      guard let made = fields.next(), let original = fields.next() else { return nil }
      originals[made] = original
      own[original] = made
    }
  }
}
