import Deidentification
import Providers

extension UseCase {
  /// Reads whether what is about somebody may be cached: at the vendor, and here for a request that comes twice.
  mutating func readCaching(_ place: ConfigurationNode) throws(ConfigurationError) {
    switch try place.text() {
    case "allowed": mayCache = true
    case "refused": mayCache = false
    default: throw place.error(.wrongForm(expected: "`allowed` or `refused`"))
    }
  }

  /// Whether an answer may be kept for a request that comes twice.
  ///
  /// Unless the use case allows it, no answer is that is about somebody, or may be: where the request had an identifier,
  /// named a patient, had something of a class that stays inside or that nobody can search, or goes on from turns that
  /// are not in it, or where the answer has one that nobody had given.
  func mayKeep(
    _ tally: AnswerTally, of safe: SafeRequest, about parties: RequestParties, holding classes: Set<SensitiveClass>,
    unsearched: [Uninspectable.Reason]
  ) -> Bool {
    mayCache
      || safe.counts.total == 0 && (safe.knownCount ?? 0) == 0 && safe.goesOnFrom == nil && !parties.names(.patient)
        && classes.isEmpty && unsearched.isEmpty && tally.novel.total == 0
  }
}
