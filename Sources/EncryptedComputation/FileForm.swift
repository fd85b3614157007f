import Ciphers

/// The form of every file: `cordonHE`, a version, a kind, the parameters' number, the key's number, the content, and the
/// SHA-256 of all that.
///
/// The digest is against accidents: who changes a file on purpose can write it anew. What protects a secret key is the
/// sealed file around it, and what protects computed results is the declared form that decryption checks.
enum FileForm {
  enum Kind: UInt8 {
    case publicKey = 1
    case evaluationKey = 2
    case table = 3
    case secretKey = 4
  }

  static let magic = Array("cordonHE".utf8)
  static let version: UInt8 = 1

  /// A whole file.
  static func bytes(_ kind: Kind, _ parameters: Parameters, _ key: KeyID, _ content: (inout [UInt8]) -> Void)
    -> [UInt8]
  {
    var bytes = magic
    bytes.append(version)
    bytes.append(kind.rawValue)
    bytes.append(parameters.id)
    bytes += key.bytes
    content(&bytes)
    Digest(hashing: bytes.span).write(into: &bytes)
    return bytes
  }
}

/// Reads a file from its start to its end, and refuses what is not as it should be.
struct FileReader {
  let parameters: Parameters
  let key: KeyID
  private let bytes: [UInt8]
  private var place: Int
  private let end: Int

  init(_ bytes: [UInt8], _ kind: FileForm.Kind) throws(ComputationError) {
    let head = FileForm.magic.count + 2
    guard bytes.count >= head + 2 + KeyID.byteCount + Digest.byteCount, bytes.starts(with: FileForm.magic) else {
      throw ComputationError(.malformed)
    }
    guard bytes[head - 2] == FileForm.version else { throw ComputationError(.laterVersion) }
    self.bytes = bytes
    end = bytes.count - Digest.byteCount
    let digest = Digest(hashing: bytes.span.extracting(..<end))
    guard digest.bytes == Array(bytes[end...]) else { throw ComputationError(.malformed) }
    guard bytes[head - 1] == kind.rawValue else { throw ComputationError(.otherKind) }
    guard let parameters = Parameters(id: UInt16(bytes[head]) | UInt16(bytes[head + 1]) << 8) else {
      throw ComputationError(.otherParameters)
    }
    self.parameters = parameters
    place = head + 2 + KeyID.byteCount
    key = KeyID(Array(bytes[head + 2..<place]))
  }

  mutating func bytes(_ count: Int) throws(ComputationError) -> [UInt8] {
    Array(bytes[try range(count)])
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(ComputationError) -> Value {
    var result: Value = 0
    for index in try range(Value.bitWidth / 8).reversed() {
      result = result << 8 | Value(truncatingIfNeeded: bytes[index])
    }
    return result
  }

  mutating func seed() throws(ComputationError) -> Seed { Seed(try bytes(Seed.byteCount)) }

  /// A polynomial modulo the first `count` primes.
  mutating func polynomial(_ ring: Ring, _ count: Int) throws(ComputationError) -> [UInt64] {
    let range = try range(Packing.byteCount(ring, count))
    guard let polynomial = Packing.polynomial(bytes.span.extracting(range), ring, count) else {
      throw ComputationError(.malformed)
    }
    return polynomial
  }

  /// Refuses what is left.
  func finish() throws(ComputationError) {
    guard place == end else { throw ComputationError(.malformed) }
  }

  private mutating func range(_ count: Int) throws(ComputationError) -> Range<Int> {
    guard count >= 0, end - place >= count else { throw ComputationError(.malformed) }
    place += count
    return place - count..<place
  }
}
