/// Whether the vendor may keep conversations of a use case, and for how long Cordon keeps what their tokens stand for.
package struct KeptSettings: Hashable, Sendable {
  /// For how long, in seconds; afterwards the conversation cannot be gone on with.
  package var seconds = 86_400
  /// Whether a request that does not say is kept, as is the vendors' custom; else it declines.
  package var takesCustom = false

  /// The longest time: that for which OpenAI keeps responses, 30 days.
  static let longest = 30 * 86_400
}

extension KeptSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("seconds", "unsaid")
    if let member = members["seconds"] { seconds = try member.integer(in: 1...Self.longest) }
    guard let unsaid = members["unsaid"] else { return }
    switch try unsaid.text() {
    case "keep": takesCustom = true
    case "decline": takesCustom = false
    default: throw unsaid.error(.wrongForm(expected: "`keep` or `decline`"))
    }
  }
}

extension UseCase {
  /// What it allows vendors to keep; nothing where it wants them to keep nothing.
  package var kept: KeptSettings? { wantsZeroRetention ? nil : keepsByVendor }
}
