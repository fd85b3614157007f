extension Reliability {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "attempts", "pause_milliseconds", "longest_pause_milliseconds", "retry_percent", "deadline_seconds", "breaker",
      "queue_seconds", "idempotency_seconds", "idempotency_bytes")
    func read(_ name: String, _ range: ClosedRange<Int>, into field: inout Int) throws(ConfigurationError) {
      if let member = members[name] { field = try member.integer(in: range) }
    }
    try read("attempts", 1...10, into: &attempts)
    try read("pause_milliseconds", 1...60_000, into: &pauseMilliseconds)
    try read("longest_pause_milliseconds", 1...600_000, into: &longestPauseMilliseconds)
    try read("retry_percent", 0...100, into: &retryPercent)
    try read("queue_seconds", 0...3_600, into: &queueSeconds)
    try read("idempotency_seconds", 0...86_400, into: &idempotencySeconds)
    try read("idempotency_bytes", 0...(1 << 30), into: &idempotencyBytes)
    deadlineSeconds = try members["deadline_seconds"]?.integer(in: 1...86_400)
    if let breaker = members["breaker"] { self.breaker = try CircuitBreaker.Settings(breaker) }
  }
}

extension CircuitBreaker.Settings {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("failure_percent", "requests", "window_seconds", "rest_seconds")
    if let member = members["failure_percent"] { failurePercent = try member.integer(in: 1...100) }
    if let member = members["requests"] { requests = try member.integer(in: 1...1_000_000) }
    if let member = members["window_seconds"] { windowSeconds = try member.integer(in: 1...3_600) }
    if let member = members["rest_seconds"] { restSeconds = try member.integer(in: 1...3_600) }
  }
}
