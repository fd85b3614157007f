package import Ciphers

/// When the log last had something about each of those subjects that it was asked about.
package final class LastEntries: Sendable {
  private let moments: [Digest: Moment?]

  /// The answers of the log: nil for a subject about which it has nothing.
  package init(_ moments: [Digest: Moment?]) { self.moments = moments }

  /// Whether the log was asked about a subject.
  func isKnown(_ tag: Digest) -> Bool { moments[tag] != nil }

  /// When the log last had something about a subject.
  package subscript(tag: Digest) -> Moment? { moments[tag] ?? nil }
}

/// What two people agreed to be disposed of, with what the log says of it.
package final class Purge: Sendable {
  let agreement: Agreement
  let log: LastEntries?

  // INVARIANT: an approval has no company on its way into a function that waits (see `Approval`).
  /// The purge that was agreed to; the log is asked unless it is nil.
  package init(_ approval: consuming Approval, asking log: LastEntries?) throws(VaultError) {
    agreement = try approval.spent(on: .purge)
    self.log = log
  }
}
