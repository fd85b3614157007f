package import PHI

/// What all spellings of a value have in common, as far as one of them tells.
///
/// A person who is called by one word may be known by more in the text that does so: of them it tells less than the text did.
package enum SpelledIdentity {
  /// The bytes for which `RandomToken` asks, of a value that stands alone; nil when there is no such kind.
  package static func bytes(ofKind label: String, spelled spelling: [UInt8], asOf reference: CalendarDate) -> [UInt8]? {
    guard let identifier = Identifier.allCases.first(where: { $0.label == label }) else { return nil }
    let finding = Finding(identifier, at: 0..<spelling.count, confidence: .certain, by: "spelling")
    return Subject.bytes(of: finding, in: spelling.span, asOf: reference)
  }
}
