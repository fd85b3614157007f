import Bytes
import Ciphers

/// A record of a segment: a head of 16 bytes and a body.
///
///     0  4  CRC-32C of everything that follows, little endian like all numbers here
///     4  2  length of the body
///     6  1  kind: 1 an entry, 3 a sealed part, 4 a seal, 2 a seal of before there were those
///     7  1  zero
///     8  8  of an entry, its index; of a part, that of its entry; of a seal, the number of entries up to it
///
/// A batch is entries, each followed by its sealed parts, and one seal: the Ed25519 signature of the state of the log up
/// to there. Entries whose seal is not there were never acknowledged.
struct Record {
  enum Kind: UInt8 {
    case entry = 1
    case seal = 2
    case part = 3
  }

  /// The kind of the seals that are written.
  private static let sealKind: UInt8 = 4

  static let headLength = 16
  static let longestBody = 65_535

  var kind: Kind
  /// Of a seal, what it signs.
  var form = Seal.Form.checkpoint
  var sequence: UInt64
  /// Where the body is in the bytes that the record was read from.
  var body: Range<Int>

  /// The record at the beginning of `bytes` (`end` is then where it ends); nil when there is none whole.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= Record.headLength else { return nil }
    let length = Int(bytes.littleEndian(at: 4, as: UInt16.self))
    let end = Record.headLength + length
    // Trees and proofs are counted in `Int`: no log has a number beyond that.
    let sequence = bytes.littleEndian(at: 8, as: UInt64.self)
    if bytes[6] == Record.sealKind { form = .seal }
    guard let kind = Kind(rawValue: form == .seal ? Kind.seal.rawValue : bytes[6]), bytes[7] == 0, end <= bytes.count,
      sequence < UInt64(Int.max),
      kind != .seal || length == Signature.byteCount,
      CRC32C.checksum(bytes.extracting(4..<end)) == bytes.littleEndian(at: 0, as: UInt32.self)
    else { return nil }
    self.kind = kind
    self.sequence = sequence
    body = Record.headLength..<end
  }

  /// Whether a kind is that of a seal.
  static func isSeal(_ kind: UInt8) -> Bool { kind == sealKind || kind == Kind.seal.rawValue }

  /// Appends a record.
  ///
  /// - Precondition: the body is at most `longestBody` long.
  static func write(_ kind: Kind, sequence: UInt64, _ body: [UInt8], into output: inout [UInt8]) {
    let start = output.count
    output.append(littleEndian: UInt32(0))
    output.append(littleEndian: UInt16(body.count))
    output.append(kind == .seal ? sealKind : kind.rawValue)
    output.append(0)
    output.append(littleEndian: UInt64(0))
    output.append(contentsOf: body)
    complete(&output, from: start, sequence: sequence)
  }

  /// Writes the head of a record whose length, sequence and checksum come later.
  static func begin(_ kind: Kind, length: Int = 0, into output: inout LineBuffer) {
    output.append(littleEndian: UInt32(0))
    output.append(littleEndian: UInt16(truncatingIfNeeded: length))
    output.append(kind.rawValue)
    output.append(0)
    output.append(littleEndian: UInt64(0))
  }

  /// Gives the records from `start` to the end of `output` their sequence number and checksum.
  static func complete(_ output: inout [UInt8], from start: Int, sequence: UInt64) {
    var start = start
    while start < output.count {
      let end = start + headLength + Int(output.span.littleEndian(at: start + 4, as: UInt16.self))
      output.store(littleEndian: sequence, at: start + 8)
      output.store(littleEndian: CRC32C.checksum(output.span.extracting(start + 4..<end)), at: start)
      start = end
    }
  }
}
