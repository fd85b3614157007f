import Bytes
package import Ciphers

/// The submission of one checkpoint to one witness by C2SP `tlog-witness`: answers in, steps out.
///
/// A witness cosigns a checkpoint that extends the one it cosigned last. How large that was the log may not know, and
/// is told then; a witness that has seen more than there is, or something else, is the alarm that witnesses are for.
package struct Submission: Hashable, Sendable {
  /// What to do next.
  package enum Step: Hashable, Sendable {
    /// Prove that the checkpoint extends the log of this size, and post that.
    case submit(old: UInt64)
    /// Nothing: it has ended so.
    case end(Outcome)
  }

  /// How a submission ended.
  package enum Outcome: Hashable, Sendable {
    /// The witness cosigned the checkpoint.
    case cosigned(SignedNote.SignatureLine, Cosignature)
    /// The witness cosigned this many entries of the log, more than it has now: it was rolled back.
    case rolledBack(witnessed: UInt64)
    /// The witness cosigned other entries than the log has now: there are two logs under one name and key.
    case forked(witnessed: UInt64)
    /// The witness does not know the log.
    case unknownLog
    /// The witness does not trust the log's key.
    case untrustedKey
    /// The witness answered otherwise.
    case refused(status: Int)
    /// The witness's answer is not one that the protocol has.
    case invalidAnswer
    /// Others submit to the witness at the same time, and were faster each time.
    case overtaken
    /// There was no answer.
    case unreachable

    /// Whether somebody has tampered with the log, or runs it twice.
    package var isAlarm: Bool {
      switch self {
      case .rolledBack, .forked: true
      case .cosigned, .unknownLog, .untrustedKey, .refused, .invalidAnswer, .overtaken, .unreachable: false
      }
    }
  }

  private static let mostConflicts = 3

  /// The witness.
  package let witness: Witness
  /// What to do next.
  package private(set) var step: Step
  private let note: SignedNote
  private let size: UInt64
  private var conflicts = 0

  /// Begins to submit the checkpoint of this size in `note` to `witness`, which is thought to have cosigned `known`
  /// entries; 0 when that is not known.
  package init(_ note: SignedNote, size: UInt64, to witness: Witness, known: UInt64 = 0) {
    self.note = note
    self.size = size
    self.witness = witness
    step = known > size ? .end(.rolledBack(witnessed: known)) : .submit(old: known)
  }

  /// The request of the step, with the proof that it asks for.
  package func request(from old: UInt64, proof: [Digest]) -> WitnessRequest {
    var text = "old \(old)\n"
    for hash in proof { text += "\(Base64.encode(hash.bytes))\n" }
    return WitnessRequest(url: "\(witness.url)/add-checkpoint", body: Array(text.utf8) + [0x0A] + note.bytes)
  }

  /// Takes in the answer to the step's request; nil when there was none.
  package mutating func receive(_ response: WitnessResponse?) {
    guard case .submit(let old) = step else { return }
    step =
      switch response?.status {
      case nil: .end(.unreachable)
      case 200: .end(cosigned(response?.body ?? []))
      case 403: .end(.untrustedKey)
      case 404: .end(.unknownLog)
      case 409: conflict(response.flatMap(Submission.size), old)
      case 422: .end(.forked(witnessed: old))
      case .some(let status): .end(.refused(status: status))
      }
  }

  /// Lines by keys that are not known are passed over, as the protocol says.
  private func cosigned(_ body: [UInt8]) -> Outcome {
    for line in body.split(separator: 0x0A) {
      if let line = SignedNote.SignatureLine(Array(line)),
        let cosignature = line.cosignature(of: note.text, by: witness.key)
      {
        return .cosigned(line, cosignature)
      }
    }
    return .invalidAnswer
  }

  private mutating func conflict(_ witnessed: UInt64?, _ old: UInt64) -> Step {
    // The same size was submitted and is no match: the roots differ.
    if old == size, witnessed == nil || witnessed == size { return .end(.forked(witnessed: size)) }
    guard let witnessed, witnessed != old else { return .end(.invalidAnswer) }
    guard witnessed <= size else { return .end(.rolledBack(witnessed: witnessed)) }
    conflicts += 1
    return conflicts > Submission.mostConflicts ? .end(.overtaken) : .submit(old: witnessed)
  }

  /// The size that the answer to a conflict names.
  private static func size(in response: WitnessResponse) -> UInt64? {
    let type = response.contentType?.split(separator: ";").first.map { $0.lowercased() }
    guard type == "text/x.tlog.size", response.body.last == 0x0A, response.body.count <= 21 else { return nil }
    let text = String(decoding: response.body.dropLast(), as: UTF8.self)
    return UInt64(text).flatMap { String($0) == text ? $0 : nil }
  }
}

extension Submission.Outcome: CustomStringConvertible {
  /// The outcome in words.
  package var description: String {
    switch self {
    case .cosigned(_, let cosignature):
      "cosigned at \(Timestamp(milliseconds: Int64(clamping: cosignature.time.multipliedReportingOverflow(by: 1000).0)))"
    case .rolledBack(let size): "ALARM: it cosigned \(size) entries, and the log has fewer: the log was rolled back"
    case .forked(let size): "ALARM: it cosigned \(size) entries that are not those of the log: the log was forked"
    case .unknownLog: "it does not know the log"
    case .untrustedKey: "it does not trust the log's key"
    case .refused(let status): "it answered with status \(status)"
    case .invalidAnswer: "its answer is not one that the protocol has"
    case .overtaken: "others submitted checkpoints at the same time"
    case .unreachable: "it did not answer"
    }
  }
}
