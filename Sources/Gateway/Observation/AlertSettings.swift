/// What people are told of.
package struct AlertSettings: Hashable, Sendable {
  /// Refusals by rules of this severity or above raise an alert; nil when none does.
  package var refusals: Refusal.Severity? = .high

  /// The usual settings.
  package init() {}
}

extension AlertSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    guard let place = try node.members("refusals")["refusals"] else { return }
    let text = try place.text()
    guard text != "none" else {
      refusals = nil
      return
    }
    guard let severity = Refusal.Severity(rawValue: text) else {
      throw place.error(.wrongForm(expected: "`low`, `medium`, `high`, `critical` or `none`"))
    }
    refusals = severity
  }
}
