/// How sure a detector is of a finding, in whole percent from 0 to 100.
///
/// At this stage it orders findings (the surer one wins an overlap); it is not yet a calibrated probability.
public struct Confidence: Hashable, Comparable, Sendable {
  /// The share in percent, from 0 to 100.
  public let percent: UInt8

  /// - Precondition: `percent` is at most 100.
  public init(percent: UInt8) {
    precondition(percent <= 100, "confidence is at most 100 percent")
    self.percent = percent
  }

  /// The text's own form leaves no other reading: a label before it, a check digit, a reserved format.
  public static let certain = Confidence(percent: 99)
  /// Form and context agree.
  public static let high = Confidence(percent: 90)
  /// Form or context says so, the other is silent.
  public static let medium = Confidence(percent: 75)
  /// More likely an identifier than not.
  public static let low = Confidence(percent: 55)

  /// Orders by percent.
  public static func < (left: Confidence, right: Confidence) -> Bool { left.percent < right.percent }
}
