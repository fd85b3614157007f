import Bytes
import Ciphers

/// The codes of the rows of one table.
///
/// A row's code is the first half of an HMAC-SHA256 of everything in the row that means something, under a key of the
/// vault. The other half is never stored: sums of it tell whether a table holds the rows that it should (`Tally`).
final class RowCodes: Sendable {
  /// How many bytes of a code are stored.
  static let byteCount = 16

  private let record: VaultError.Record
  private let hash: KeyedHash

  init(_ record: VaultError.Record, _ evidence: SecretBox) {
    self.record = record
    hash = KeyedHash(key: evidence.secret.derived(for: "cordon vault v1 row \(record.rawValue)"))
  }

  /// The code of a row of this content.
  func mark(_ row: RowText) -> RowMark { RowMark(hash.hash(row.bytes.span)) }

  /// The code of a row, which must be the one that is stored with it.
  func checked(_ row: RowText, _ code: [UInt8]) throws(VaultError) -> RowMark {
    let mark = mark(row)
    guard equalInConstantTime(mark.code.span, code.span) else { throw VaultError(.altered(record)) }
    return mark
  }
}

/// The code of a row, and what it adds to the sum of its table.
struct RowMark: Hashable {
  let code: [UInt8]
  let weight: SIMD2<UInt64>

  fileprivate init(_ digest: Digest) {
    let bytes = digest.bytes
    code = Array(bytes.prefix(RowCodes.byteCount))
    func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    weight = SIMD2(Residue.reduced(word(16)), Residue.reduced(word(24)))
  }
}

/// The content of a row in one unambiguous form: each value with its kind and length.
struct RowText {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: Int64?) {
    guard let number else { return bytes.append(0) }
    bytes.append(1)
    bytes.append(bigEndian: UInt64(bitPattern: number))
  }

  mutating func append(_ value: [UInt8]?) {
    guard let value else { return bytes.append(0) }
    bytes.append(2)
    bytes.append(bigEndian: UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func append(_ text: String?) { append(text.map { Array($0.utf8) }) }
}
