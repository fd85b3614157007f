/// Why a profile does not allow a method, or cannot be had.
package struct ProfileRefusal: Hashable, Sendable {
  /// What has to be given before the wish can be granted.
  package enum Lack: Sendable { case agreement, purpose, determination, key, patient }

  /// The paragraph that forbids it, or what has to be given.
  package let rule: String
  /// The fact that stands against it.
  package let reason: String
  /// What would be allowed.
  package let remedy: String
  /// What is lacking; nil when nothing that could be given would help.
  package let lack: Lack?

  init(rule: String, reason: String, remedy: String, lack: Lack? = nil) {
    self.rule = rule
    self.reason = reason
    self.remedy = remedy
    self.lack = lack
  }
}
