package import PHI

/// Something that recognises one kind of identifier.
package protocol Detector: Sendable {
  /// Appends what it finds on `page`, in order and without overlaps, as ranges of `page.bytes`.
  func scan(_ page: borrowing Page, into findings: inout [Finding])
}
