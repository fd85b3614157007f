import Bytes
import Ciphers

/// The beginning of a segment: which entry it starts with, and the signed state of the log before that.
///
///     0   16  "cordon segment 2", or with a 1 where the signature is that of a checkpoint
///     16   8  index of the first entry, little endian
///     24  64  the last seal before the first entry
///     88  32  for each bit set in the index: the frontier of the Merkle tree, largest subtree first
///         4   CRC-32C of all of that
///
/// With it a segment can be checked without those before it, and the log opens by reading its last segment only.
struct SegmentHead: Hashable {
  private static func magic(_ form: Seal.Form) -> [UInt8] {
    Array((form == .checkpoint ? "cordon segment 1" : "cordon segment 2").utf8)
  }
  private static let fixedLength = 88

  var seal: Seal

  /// The most bytes that a head can have.
  static let longest = fixedLength + 64 * Digest.byteCount + 4

  /// How many bytes the head has.
  var length: Int { SegmentHead.fixedLength + seal.frontier.roots.count * Digest.byteCount + 4 }

  init(_ seal: Seal) { self.seal = seal }

  /// The head at the beginning of `bytes`; nil when there is none whole.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= SegmentHead.fixedLength,
      let form = [Seal.Form.seal, .checkpoint].first(where: {
        SegmentHead.magic($0) == [UInt8](copying: bytes.extracting(first: 16))
      })
    else { return nil }
    let first = bytes.littleEndian(at: 16, as: UInt64.self)
    let end = SegmentHead.fixedLength + first.nonzeroBitCount * Digest.byteCount
    guard bytes.count >= end + 4, first < UInt64(Int.max),
      CRC32C.checksum(bytes.extracting(first: end)) == bytes.littleEndian(at: end, as: UInt32.self),
      let signature = Signature(bytes.extracting(24..<SegmentHead.fixedLength))
    else { return nil }
    var roots: [Digest] = []
    for start in stride(from: SegmentHead.fixedLength, to: end, by: Digest.byteCount) {
      guard let root = Digest(bytes.extracting(start..<start + Digest.byteCount)) else { return nil }
      roots.append(root)
    }
    guard let frontier = Frontier(size: first, roots: roots) else { return nil }
    self.init(Seal(frontier: frontier, signature: signature, form: form))
  }

  /// The bytes of the head.
  var bytes: [UInt8] {
    var bytes = SegmentHead.magic(seal.form)
    bytes.append(littleEndian: seal.frontier.size)
    bytes.append(contentsOf: seal.signature.bytes)
    for root in seal.frontier.roots { root.write(into: &bytes) }
    bytes.append(littleEndian: CRC32C.checksum(bytes.span))
    return bytes
  }
}
