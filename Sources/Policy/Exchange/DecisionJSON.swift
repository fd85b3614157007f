package import Bytes

extension Decision {
  /// The decision as a line of `policy authorize`: `decision`, `reason` and `errors`, as Cedar's tools name them.
  package var json: JSONValue {
    [
      "decision": .string(effect.rawValue), "reason": .array(reasons.map { .string($0.string) }),
      "errors": .array(failures.map { .string($0.policy.string) }),
    ]
  }
}
