/// For how long requests of a use case may be carried out later, and what has come of them be fetched.
package struct DeferralSettings: Hashable, Sendable {
  /// How long a request is kept until it is answered, and then how long its answer, in seconds.
  package var seconds = 86_400
  /// After how many seconds a request goes before others like one that somebody waits for; one at a time does.
  package var patience = 3_600
}

extension DeferralSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("seconds", "patience_seconds")
    if let member = members["seconds"] { seconds = try member.integer(in: 60...KeptSettings.longest) }
    if let member = members["patience_seconds"] { patience = try member.integer(in: 0...KeptSettings.longest) }
  }

  /// Checks that nobody else carries out the same requests: what replicas share is not divided among them.
  static func check(_ useCases: [UseCase], _ members: ConfigurationMembers) throws(ConfigurationError) {
    guard useCases.contains(where: { $0.deferral != nil }), let log = members["log"], try LogSettings(log).shards != nil
    else { return }
    throw log.error(
      .wrongForm(expected: "without `shards`: use cases have `deferred`, which one gateway alone carries out"))
  }

  /// For how long Cordon keeps what belongs to one.
  var kept: KeptSettings { KeptSettings(seconds: seconds) }
}
