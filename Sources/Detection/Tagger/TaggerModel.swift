package import Bytes
import CTagger

/// The numbers that training found: a row of sixteen scores for each hash of a feature, and a score for each step from
/// tag to tag.
///
/// A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) whose features are hashed
/// (Weinberger et al. 2009): rows are shared by features of one hash, and no feature's text is kept, so a model holds no
/// word of what it learnt from.
package struct TaggerModel: Sendable {
  /// The rows, one for each value of a feature's hash: a power of two.
  let rows: [SIMD16<Int8>]
  /// What one step of a row is worth.
  let scale: Float
  /// What steps from tag to tag are worth.
  let transitions: TransitionTable
  private let steps: [SIMD16<Float>]

  /// How many hashes of features there are.
  package static let rowCount = 1 << 18
  /// The bits of a hash that number a row.
  static let rowMask = UInt32(rowCount - 1)

  /// A model with these rows and, as logarithms, these steps from tag to tag.
  package init(rows: [SIMD16<Int8>], scale: Float, transitions: [SIMD16<Float>]) {
    precondition(rows.count == TaggerModel.rowCount, "a model is whole")
    self.rows = rows
    self.scale = scale
    self.transitions = TransitionTable(transitions)
    steps = transitions
  }

  /// The score of each tag for each of the words that have these features, into `scores`, and by how much the tag
  /// outside leads all others, into `leads`.
  func score(_ features: [UInt32], into scores: inout [SIMD16<Float>], leads: inout [Float]) {
    let count = features.count / TaggerFeatures.count
    scores.removeAll(keepingCapacity: true)
    scores.append(contentsOf: repeatElement(.zero, count: count))
    leads.removeAll(keepingCapacity: true)
    leads.append(contentsOf: repeatElement(0, count: count))
    // INVARIANT: every feature is below `rowCount`.
    unsafe tagger_scores(rows, features, TaggerFeatures.count, count, scale, &scores, &leads)
  }

  /// A lead of the tag outside that no step from tag to tag makes up for.
  static let farOutside: Float = 8
}

extension TaggerModel {
  private static let magic: UInt64 = 0x3147_4154_4452_4F43
  private static let header = 16
  private static let rowStart = header + Tag.count * Tag.count * 4

  /// The model in `bytes`, as `write` writes it; nil when they are not a model of this form.
  package init?(_ bytes: StaticBytes) {
    guard bytes.count == TaggerModel.rowStart + TaggerModel.rowCount * Tag.count,
      bytes.uint64(at: 0) == TaggerModel.magic
    else { return nil }
    self.init {
      bytes.uint32(at: $0)
    } row: {
      bytes.signedBytes16(at: $0)
    }
  }

  /// The model in `bytes`, as `write` writes it; nil when they are not a model of this form.
  package init?(_ bytes: [UInt8]) {
    func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) } }
    guard bytes.count == TaggerModel.rowStart + TaggerModel.rowCount * Tag.count,
      UInt64(word(0)) | UInt64(word(4)) << 32 == TaggerModel.magic
    else { return nil }
    self.init {
      word($0)
    } row: { offset in
      var row = SIMD16<Int8>()
      for index in 0..<Tag.count { row[index] = Int8(bitPattern: bytes[offset + index]) }
      return row
    }
  }

  private init?(number: (Int) -> UInt32, row: (Int) -> SIMD16<Int8>) {
    let scale = Float(bitPattern: number(8))
    let steps = (0..<Tag.count).map { from in
      var step = SIMD16<Float>()
      for to in 0..<Tag.count {
        step[to] = Float(bitPattern: number(TaggerModel.header + (from * Tag.count + to) * 4))
      }
      return step
    }
    // A scale that is no number would silence the tagger.
    guard scale.isFinite, scale > 0, steps.allSatisfy({ $0.sum().isFinite }) else { return nil }
    let rows = (0..<TaggerModel.rowCount).map { row(TaggerModel.rowStart + $0 * Tag.count) }
    self.init(rows: rows, scale: scale, transitions: steps)
  }

  /// The bytes of the model, as `init` reads them.
  package var bytes: [UInt8] { TaggerModel.bytes(rows: rows, scale: scale, transitions: steps) }

  /// The bytes of a model with these rows and steps, least significant byte first.
  package static func bytes(rows: [SIMD16<Int8>], scale: Float, transitions: [SIMD16<Float>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowStart + rows.count * Tag.count)
    func write(_ number: UInt32) {
      for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(8 * shift))) }
    }
    write(UInt32(truncatingIfNeeded: magic))
    write(UInt32(truncatingIfNeeded: magic >> 32))
    write(scale.bitPattern)
    write(0)
    for step in transitions { for to in 0..<Tag.count { write(step[to].bitPattern) } }
    for row in rows { for index in 0..<Tag.count { bytes.append(UInt8(bitPattern: row[index])) } }
    return bytes
  }
}
