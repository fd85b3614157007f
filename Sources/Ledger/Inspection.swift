/// Everything that is wrong with a log, and what can be done about each.
package struct Inspection: Hashable, Sendable {
  /// One thing that is not as it should be.
  package struct Finding: Hashable, Sendable {
    /// What it is.
    package let problem: Problem
    /// What can be done about it.
    package let remedy: Remedy

    init(_ problem: Problem, _ remedy: Remedy) {
      self.problem = problem
      self.remedy = remedy
    }
  }

  /// What is not as it should be.
  package enum Problem: Hashable, Sendable {
    /// The entries, their parts, blobs or checkpoints are not what was signed.
    case fault(Fault)
    /// Bytes of a segment that belong to no record.
    case unreadable(bytes: UInt64, after: UInt64)
    /// The end of the log belongs to no finished batch.
    case unfinished(bytes: UInt64)
    /// The log ends with a seal whose batch is not all there, which a crash may leave.
    case tornEnd(bytes: UInt64)
    /// A refusal waits to be taken into the log.
    case refusalKept
    /// A blob that no entry names.
    case orphan(String)
    /// A file that is none of the log's.
    case stranger(String)
  }

  /// What can be done.
  package enum Remedy: String, Hashable, Sendable {
    /// Only a backup has it.
    case lost
    /// It is signed anew from what the segments hold, by whoever decides that the segments are the truth.
    case resigned
    /// The next opening takes care of it.
    case opening
    /// It can be cut off by somebody who knows that the machine went down then.
    case cuttable
    /// It can be removed.
    case removable
  }

  /// How many entries could be read.
  package internal(set) var entries: UInt64 = 0
  /// In how many segments.
  package internal(set) var segments = 0
  /// What was found, in the order of the log.
  package internal(set) var findings: [Finding] = []

  mutating func add(_ problem: Problem, _ remedy: Remedy) { findings.append(Finding(problem, remedy)) }
}

extension Inspection.Finding: CustomStringConvertible {
  /// The finding in words.
  package var description: String {
    let what =
      switch problem {
      case .fault(let fault): fault.description
      case .unreadable(let bytes, let entry): "entry \(entry): \(bytes) bytes from there on are no records"
      case .unfinished(let bytes): "\(bytes) bytes at the end belong to a batch that was never acknowledged"
      case .tornEnd(let bytes):
        "\(bytes) bytes at the end are a batch of which not all is there: a crash left it so before it was acknowledged, "
          + "or it was damaged later"
      case .refusalKept: "the log refused entries, and that is not in it yet"
      case .orphan(let path): "`\(path)`: no entry names this blob"
      case .stranger(let path): "`\(path)`: no file of the log"
      }
    let remedy =
      switch remedy {
      case .lost: "it cannot be rebuilt from this log: look for it in a backup"
      case .resigned: "the segments have what it said: it can be signed again by whoever holds the key"
      case .opening: "the next opening of the log takes care of it"
      case .cuttable:
        "if the machine went down while it was written, `cordon log fsck --cut-torn-end` makes the next opening cut it off"
      case .removable: "it can be removed"
      }
    return "\(what); \(remedy)"
  }
}

extension AuditLog {
  /// Looks for everything that is wrong with the log of a data directory, and changes nothing.
  ///
  /// `verify` stops at the first fault, because what follows a change of the tree is not what was signed. This goes on
  /// behind each fault with what can still be told: checksums, order, sealed parts, blobs, and the tree again from the
  /// head of the next segment. It needs memory for the digests of all blobs.
  package static func inspect(
    data: String, key: VerifierKey, against older: [Checkpoint] = []
  ) throws(LedgerError) -> Inspection {
    let log = LogDirectory(data: data)
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    var inspector = Inspector(log, key)
    try inspector.run(against: older)
    return inspector.inspection
  }
}
