import Ciphers

/// Finds the caller that an API key belongs to.
package struct CallerDirectory: Sendable {
  private let callers: [APIKeyID: Caller]

  package init(_ callers: [Caller]) {
    self.callers = Dictionary(uniqueKeysWithValues: callers.map { ($0.keyHash.id, $0) })
  }

  /// The caller that the value of an `Authorization` header proves itself to be; nil for anything else.
  package func caller(authorization: String?) -> Caller? {
    guard let authorization, authorization.utf8.count <= 512 else { return nil }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let key = APIKey(presented: String(parts[1])), let caller = callers[key.id],
      caller.keyHash.matches(key)
    else { return nil }
    return caller
  }
}
