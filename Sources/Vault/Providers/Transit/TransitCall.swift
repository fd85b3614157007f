import Bytes

/// One request to the transit engine, and what an answer means.
struct TransitCall {
  let method: KeyServiceRequest.Method
  /// The path after `/v1/`.
  let path: String
  let key: KeyID?
  let members: [JSONMember]
  /// Whether to do it twice is to do it once.
  let mayRepeat: Bool

  init(
    _ method: KeyServiceRequest.Method, _ path: String, _ key: KeyID?, _ members: [JSONMember] = [],
    mayRepeat: Bool = true
  ) {
    self.method = method
    self.path = path
    self.key = key
    self.members = members
    self.mayRepeat = mayRepeat
  }

  func request(to address: String, _ token: TransitToken, namespace: String?) -> KeyServiceRequest {
    var headers = [
      KeyServiceHeader("X-Vault-Token", token.headerValue),
      // Agents that stand before a server refuse requests without it, so that no web page can make one.
      KeyServiceHeader("X-Vault-Request", "true"),
    ]
    if let namespace { headers.append(KeyServiceHeader("X-Vault-Namespace", namespace)) }
    var body: [UInt8] = []
    if method == .post {
      headers.append(KeyServiceHeader("Content-Type", "application/json"))
      JSONValue.object(members).write(into: &body)
    }
    return KeyServiceRequest(method, "\(address)/v1/\(path)", headers: headers, body: body)
  }

  /// What the server answered.
  func answer(_ response: KeyServiceResponse) throws(KeyServiceAttempts.Failure) -> JSONValue {
    func failure(
      _ code: VaultError.Code, isPassing: Bool = false, didNothing: Bool = false
    ) -> KeyServiceAttempts.Failure {
      KeyServiceAttempts.Failure(
        VaultError(code, key: key, number: Int64(response.status)), isPassing: isPassing, didNothing: didNothing)
    }
    switch response.status {
    case 200, 204:
      if response.body.isEmpty { return .object([]) }
      guard let answer = try? JSONValue(parsing: response.body) else { throw failure(.providerAnswer) }
      return answer
    case 400: throw failure(.malformed)
    case 401, 403: throw failure(.providerRefused)
    case 404: throw failure(.unknownKey)
    // 412: a replica that has not caught up; 429: a quota; 472 and 473: standbys of another cluster or for reading.
    case 412, 429, 472, 473: throw failure(.providerUnavailable, isPassing: true, didNothing: true)
    // 501: not initialised; 503: sealed, or being maintained.
    case 501, 503: throw failure(.providerUnavailable, isPassing: true, didNothing: true)
    case 307, 500...: throw failure(.providerUnavailable, isPassing: true)
    default: throw failure(.providerAnswer)
    }
  }
}
