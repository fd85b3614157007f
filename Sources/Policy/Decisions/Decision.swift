/// The answer to a request, and the policies it rests on.
package struct Decision: Hashable, Sendable {
  /// The two answers.
  package enum Effect: String, Hashable, Sendable { case allow, deny }

  /// A policy that could not be evaluated and so had no say.
  package struct Failure: Hashable, Sendable {
    /// The policy's id.
    package var policy: Text
    /// Why it could not be evaluated.
    package var error: EvaluationError

    /// A failure of one policy.
    package init(policy: Text, error: EvaluationError) {
      self.policy = policy
      self.error = error
    }
  }

  /// The answer.
  package var effect: Effect
  /// The policies that decided, in their order: permits if allowed, forbids if denied; none if nothing permitted it.
  package var reasons: [Text]
  /// The policies that failed, in their order.
  package var failures: [Failure]

  /// A decision for these reasons.
  package init(_ effect: Effect, reasons: [Text] = [], failures: [Failure] = []) {
    self.effect = effect
    self.reasons = reasons
    self.failures = failures
  }

  /// Whether the request is allowed.
  package var isAllowed: Bool { effect == .allow }
}
