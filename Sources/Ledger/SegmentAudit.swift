import Bytes
import Ciphers

/// The check of one segment by itself, from the signed state in its head on.
///
/// What has to be held against the segments before it is reported in the order of its entries.
struct SegmentAudit: Sendable {
  /// Where the segment is.
  let path: String
  /// Its first entry.
  let first: UInt64
  /// At which sizes of the log the root is asked for, in order.
  let anchors: [UInt64]
  /// Who signs.
  let key: VerifierKey

  /// What was found; nil when the segment is not there.
  func report() throws(LedgerError) -> SegmentReport? {
    guard var reader = try SegmentReader(path) else { return nil }
    var report = SegmentReport(length: try reader.size())
    guard let head = try reader.head() else {
      report.rest = report.length
      report.hasLaterSeal = try reader.findsSeal(beyond: first)
      return report
    }
    report.head = head.seal
    report.isHeadSigned = head.seal.size == first && head.seal.isSigned(by: key)
    guard report.isHeadSigned else { return report }

    var replay = Replay(after: head.seal)
    var anchors = anchors.drop { $0 <= first }
    var end = reader.offset
    report.seal = replay.seal
    // What no seal covers yet excuses nothing: nobody has to know a key to write it.
    var unsealed: (steps: [SegmentReport.Step], parts: UInt64) = ([], 0)
    while let record = try reader.next() {
      let leaf = record.kind == .entry ? reader.leaf(of: record) : nil
      report.fault = reader.withBody(of: record) { follow(record, $0, leaf, &replay, &anchors, &unsealed.steps) }
      report.entries = replay.tree.size
      if record.kind == .seal, report.fault == nil, !replay.seal.isSigned(by: key) {
        report.fault = Fault(.changed(before: replay.seal.size), at: report.seal?.size ?? first)
      }
      if report.fault != nil {
        report.steps += unsealed.steps
        return report
      }
      if record.kind == .part { unsealed.parts += 1 }
      guard record.kind == .seal else { continue }
      end = reader.offset
      report.steps += unsealed.steps
      report.parts += unsealed.parts
      unsealed = ([], 0)
      report.seal = replay.seal
    }
    report.entries = replay.tree.size
    report.rest = report.length - min(end, report.length)
    if report.rest > 0 { report.hasLaterSeal = try reader.findsSeal(beyond: replay.seal.size) }
    return report
  }

  private func follow(
    _ record: Record, _ body: Span<UInt8>, _ leaf: Digest?, _ replay: inout Replay,
    _ anchors: inout ArraySlice<UInt64>, _ steps: inout [SegmentReport.Step]
  ) -> Fault? {
    switch record.kind {
    case .entry:
      let places = EntryPlaces(body)
      if let step = RequestPairs.Step(body, places) { steps.append(.request(step, at: record.sequence)) }
      let leaf = leaf ?? MerkleTree.leaf(body)
      if let fault = replay.follow(entry: body, places, leaf, at: record.sequence) { return fault }
      if let places, BlobAudit.concerns(body, places) {
        steps.append(.blobs([UInt8](copying: body), at: record.sequence))
      }
      if anchors.first == replay.tree.size {
        anchors = anchors.drop { $0 == replay.tree.size }
        steps.append(.anchor(size: replay.tree.size, root: replay.tree.root))
      }
      return nil
    case .part:
      return replay.follow(part: body, at: record.sequence)
    case .seal:
      return replay.follow(seal: body, record.form, at: record.sequence)
    }
  }
}

/// What the check of one segment found.
struct SegmentReport: Sendable {
  /// Something that depends on the segments before.
  enum Step: Sendable {
    case request(RequestPairs.Step, at: UInt64)
    /// The JSON of an entry that `BlobAudit` has to see.
    case blobs([UInt8], at: UInt64)
    case anchor(size: UInt64, root: Digest)
  }

  /// How many bytes the file has.
  let length: UInt64
  /// The state of the log before it; nil when the head is damaged.
  var head: Seal?
  /// Whether that is signed, and that of the segment's first entry; nothing more was read otherwise.
  var isHeadSigned = false
  /// What depends on the segments before, in the order of the entries.
  var steps: [Step] = []
  /// How many sealed parts were read.
  var parts: UInt64 = 0
  /// The number of entries of the log up to the last one that was read.
  var entries: UInt64 = 0
  /// The state at the last seal.
  var seal: Seal?
  /// The first thing that is wrong, after all steps.
  var fault: Fault?
  /// How many bytes follow the last seal.
  var rest: UInt64 = 0
  /// Whether a later seal is among them.
  var hasLaterSeal = false

  init(length: UInt64) { self.length = length }
}
