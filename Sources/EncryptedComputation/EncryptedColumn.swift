/// A column of encrypted numbers, with what everyone may know of it.
package struct EncryptedColumn: Hashable, Sendable {
  /// What the ciphertexts hold.
  package enum Kind: UInt8, Hashable, Sendable {
    /// One number in each slot, of as many rows as the column has.
    case values = 1
    /// The sum of all rows, the same in every slot.
    case total = 2
    /// A one in the slot of the row that is asked for, and zeros.
    case query = 3
    /// The number of the row that was asked for, the same in every slot.
    case answer = 4
    /// One computed number in each slot, of as many rows as the column has.
    case scores = 5

    /// Whether each slot has the same number.
    package var isSingle: Bool { self == .total || self == .answer }
  }

  /// The column's name.
  package let name: String
  /// What the ciphertexts hold.
  package let kind: Kind
  /// How many rows there are, or went into the one number.
  package let count: Int
  /// Between which numbers each of its numbers is.
  package let bounds: Bounds
  var ciphertexts: [Ciphertext]

  /// The longest name, in bytes of UTF-8.
  package static let longestName = 64
  static let mostRows = 1 << 40

  init(
    name: String, kind: Kind, count: Int, bounds: Bounds, ciphertexts: [Ciphertext]
  ) {
    self.name = name
    self.kind = kind
    self.count = count
    self.bounds = bounds
    self.ciphertexts = ciphertexts
  }

  /// The column under another name.
  package func renamed(_ name: String) -> EncryptedColumn {
    EncryptedColumn(name: name, kind: kind, count: count, bounds: bounds, ciphertexts: ciphertexts)
  }

  /// How many ciphertexts a column of this form has.
  static func ciphertextCount(_ kind: Kind, _ count: Int, _ parameters: Parameters) -> Int {
    kind.isSingle ? 1 : (count + parameters.degree - 1) / parameters.degree
  }

  /// How many bits of the noise budget are left in the ciphertext that has the fewest.
  package func budgetBits(_ parameters: Parameters) -> Double {
    let ring = Ring.of(parameters)
    return ciphertexts.map { Noise.bitsLeft($0, ring) }.min() ?? 0
  }
}

/// Columns of encrypted numbers under one key: what a file holds.
package struct EncryptedTable: Hashable, Sendable {
  /// The parameters of all columns.
  package let parameters: Parameters
  /// The number of the key that all columns are under.
  package let key: KeyID
  /// The columns, no two of one name.
  package let columns: [EncryptedColumn]

  package init(_ parameters: Parameters, _ key: KeyID, _ columns: [EncryptedColumn]) {
    self.parameters = parameters
    self.key = key
    self.columns = columns
  }

  /// The column of this name.
  package func column(_ name: String) -> EncryptedColumn? { columns.first { $0.name == name } }
}
