/// What an entry records.
package enum Event: String, Hashable, Sendable, CaseIterable {
  /// The gateway began to serve.
  case serverStarted = "server.started"
  /// The gateway ended in order.
  case serverStopped = "server.stopped"
  /// A request was let through; nothing of it has left yet.
  case requestOpened = "request.opened"
  /// The answer to an opened request is ready to be released, or the request failed.
  case requestClosed = "request.closed"
  /// A request was refused; nothing of it left.
  case requestRefused = "request.refused"
  /// An API key was made.
  case keyCreated = "key.created"
  /// The configuration in force changed.
  case configurationLoaded = "configuration.loaded"
  /// The log was opened after an end without closing: what was cut off was never acknowledged.
  case logRecovered = "log.recovered"
}

/// What the policy said about a request.
package enum Decision: String, Hashable, Sendable, CaseIterable {
  case allow
  case deny
}

/// How an opened request ended.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
  /// The vendor's answer was whole, and was released.
  case completed
  /// The vendor gave no answer, or one that was not fit to be passed on.
  case vendorFailed = "vendor_failed"
  /// The client went away before the end of the answer.
  case clientDisconnected = "client_disconnected"
}
