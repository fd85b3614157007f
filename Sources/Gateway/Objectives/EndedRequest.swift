import Ledger
import Vault

/// A request that has ended, once, however many vendors were tried for it and whomever it named.
struct EndedRequest {
  /// How.
  let outcome: Metrics.RequestOutcome
  /// What its client was told; of a stream what it began with.
  let status: Int
  /// The use case, where the request came as far as that.
  let useCase: ConfiguredName?
  /// Whether it ended so because somebody wanted it: by a rule, by the kill switch, or in an emergency.
  var isByRule = false
  /// Microseconds to its end, to the first byte of the answer, and those that Cordon itself took.
  private(set) var total = 0
  private(set) var firstByte = 0
  private(set) var own = 0

  /// One that ended now, by its stopwatch; without one it took no time worth speaking of.
  init(
    _ outcome: Metrics.RequestOutcome, status: Int, of useCase: ConfiguredName?, after stopwatch: Stopwatch? = nil
  ) {
    (self.outcome, self.status, self.useCase) = (outcome, status, useCase)
    guard let stopwatch else { return }
    (total, own) = (stopwatch.total(), stopwatch.elapsed())
    firstByte = stopwatch.firstByte ?? total
  }
}

extension Gateway {
  /// One that was refused, which counts as wanted unless Cordon or its vendors could not do their work.
  func ended(
    by refusal: Refusal, of useCase: UseCase?, after stopwatch: Stopwatch? = nil
  ) -> EndedRequest {
    var ended = EndedRequest(.refused, status: refusal.status, of: useCase?.id.recorded, after: stopwatch)
    ended.isByRule =
      switch refusal.rule {
      case .emergencyMode: true
      case .keysUnavailable: vault.isLocked
      default: refusal.status < 500
      }
    return ended
  }

  /// Counts a request that has ended, and holds it against the objectives.
  func count(_ request: EndedRequest) {
    metrics.countRequest(request.outcome, microseconds: request.own)
    guard !configuration.objectives.isEmpty else { return }
    objectives.count(request, for: configuration.objectives, at: clock.wall())
  }
}
