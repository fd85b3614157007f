import Ciphers

/// What a check of a whole log found.
package struct Verification: Hashable, Sendable {
  /// How many entries were read.
  package internal(set) var entries: UInt64 = 0
  /// How many sealed parts lie beside them.
  package internal(set) var parts: UInt64 = 0
  /// In how many segments.
  package internal(set) var segments = 0
  /// How many bytes those have.
  package internal(set) var bytes: UInt64 = 0
  /// The size that the published checkpoint was signed for.
  package internal(set) var checkpointSize: UInt64 = 0
  /// How many older checkpoints the log was held against.
  package internal(set) var olderCheckpoints = 0
  /// How many requests were opened and not closed.
  package internal(set) var openRequests = 0
  /// How many bytes at the end belong to no finished batch: one in the writing, or one that a crash cut off.
  package internal(set) var unfinishedBytes: UInt64 = 0
  /// The first thing that is wrong; nil when the log is whole.
  package internal(set) var fault: Fault?

  /// What is found of a log that is gone, and that stood at `signed` entries.
  package static func gone(from signed: UInt64) -> Verification {
    var verification = Verification()
    verification.fault = Fault(.truncated(signed: signed), at: 0)
    return verification
  }

  /// Whether every byte is as it was written and every signature that covers it holds.
  package var isWhole: Bool { fault == nil }
}

extension AuditLog {
  /// Checks the log of the data directory: every byte of every segment, the tree, the seals, the sealed parts in
  /// segments and blobs, the checkpoint and the cosigned one, and that the log still holds what `older` checkpoints of
  /// it were signed for.
  ///
  /// It needs memory for the requests that are open at one time, and none for the length of the log. It may run while
  /// another process writes.
  ///
  /// Each seal's signature is checked, although the last one covers all before it: nothing is in a log that was not
  /// checked, and the first seal that does not hold says where the log departs from what was signed. Of the older
  /// checkpoints the caller has checked the signatures: see `Checkpoint(note:signedBy:)`.
  package static func verify(
    data: String, key: VerifierKey, against older: [Checkpoint] = []
  ) throws(LedgerError) -> Verification {
    let log = LogDirectory(data: data)
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    var audit = Audit(log, key, against: older)
    do throws(Audit.End) {
      try audit.run()
    } catch {
      switch error {
      case .fault(let fault): audit.verification.fault = fault
      case .failure(let failure): throw failure
      }
    }
    return audit.verification
  }
}
