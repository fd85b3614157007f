import Ciphers

/// Finds the caller that an API key belongs to.
package struct CallerDirectory: Sendable {
  private let callers: [APIKeyID: Caller]

  package init(_ callers: [Caller]) {
    self.callers = Dictionary(uniqueKeysWithValues: callers.map { ($0.keyHash.id, $0) })
  }

  /// The caller that the value of an `Authorization` header proves itself to be; nil for anything else.
  package func caller(authorization: String?) -> Caller? {
    guard let key = Self.key(authorization), let caller = callers[key.id], caller.keyHash.matches(key) else {
      return nil
    }
    return caller
  }

  /// Whether the value of an `Authorization` header has the form of a key that `cordon key new` makes.
  package static func isKey(_ authorization: String?) -> Bool { key(authorization) != nil }

  private static func key(_ authorization: String?) -> APIKey? {
    guard let authorization, authorization.utf8.count <= 512 else { return nil }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return APIKey(presented: String(parts[1]))
  }
}
