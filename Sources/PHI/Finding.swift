/// A stretch of text that a detector takes for an identifier.
///
/// It holds a place, never the text: a finding may be logged, counted and sent where the text may not go.
public struct Finding: Hashable, Sendable {
  /// What kind of identifier it is.
  public var identifier: Identifier
  /// Where it is, in UTF-8 bytes from the start of the text.
  public var range: Range<Int>
  /// How sure the detector is.
  public var confidence: Confidence
  /// The detector that found it.
  public var detector: DetectorName

  /// A finding of one kind at one place.
  public init(_ identifier: Identifier, at range: Range<Int>, confidence: Confidence, by detector: DetectorName) {
    self.identifier = identifier
    self.range = range
    self.confidence = confidence
    self.detector = detector
  }
}

/// The name of a detector in reports, such as `social-security-number`: lower case, hyphens, never renamed.
public struct DetectorName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name as reports print it.
  public let description: String

  /// The name that a literal spells.
  public init(stringLiteral value: StaticString) {
    description = value.description
  }
}
