import PHI
import Transformers

extension TierSettings {
  /// `tier`, `model`, `runtime`, `threads` and `threshold` of the section `detection`.
  init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    var tier: Tier?
    if let node = members["tier"] {
      tier = Tier(rawValue: try node.text())
      guard tier != nil else { throw node.error(.wrongForm(expected: "`cheap`, `auto` or `transformer`")) }
    }
    self.init(
      tier: tier, model: try members["model"]?.text(), runtime: try members["runtime"]?.text(),
      threads: try members["threads"]?.integer(in: 1...256) ?? 1,
      threshold: try members["threshold"]?.confidence() ?? .high)
    // Refused here, where the line is known.
    if self.tier != .cheap { _ = try members.required("model") }
  }
}

extension ConfidenceFloor {
  /// `below_floor` and `confidence_floor` of the section `detection`.
  init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    self.init()
    if let node = members["below_floor"] {
      guard let named = Action(rawValue: try node.text()) else {
        throw node.error(.wrongForm(expected: "`redact`, `block` or `escalate`"))
      }
      action = named
    }
    if let node = members["confidence_floor"] { confidence = try node.confidence() }
    switch action {
    case .redact: break
    case .block: _ = try members.required("confidence_floor")
    case .escalate:
      _ = try members.required("confidence_floor")
      _ = try members.required("model")
    }
  }
}

extension ConfigurationNode {
  /// A confidence in whole percent.
  fileprivate func confidence() throws(ConfigurationError) -> Confidence {
    Confidence(percent: UInt8(try integer(in: 0...100)))
  }
}
