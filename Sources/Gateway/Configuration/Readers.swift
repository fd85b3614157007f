package import Detection
package import Transformers

/// Who reads requests beside the rules and the tagger, loaded and ready.
package struct Readers: Sendable {
  /// Who is asked about every request; nil for nobody.
  package var asked: SecondOpinion?
  /// Who reads all of a request in which something was found below the floor; nil for nobody.
  package var escalated: SecondOpinion?

  /// Nobody.
  package init() {}

  /// The readers that a configuration names; one that cannot be loaded is an error, never left out.
  package init(_ configuration: Configuration) throws(TransformerError) {
    var settings = configuration.tier
    let escalates = configuration.floor.action == .escalate
    // The tier `cheap` asks nobody at first, yet what is escalated needs its reader.
    if settings.tier == .cheap, escalates { settings.tier = .transformer }
    let opinion = try settings.secondOpinion()
    if configuration.tier.tier != .cheap { asked = opinion }
    if escalates {
      escalated = opinion
      escalated?.reach = .everything
    }
  }
}
