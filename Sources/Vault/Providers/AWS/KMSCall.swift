import Bytes

/// One operation of AWS KMS: what is sent, and what an answer means.
///
/// The protocol is JSON 1.1: one URL, the operation in a header, an object in and an object out.
struct KMSCall {
  /// The operations that are used.
  enum Operation: String {
    case generateDataKey = "GenerateDataKey"
    case encrypt = "Encrypt"
    case decrypt = "Decrypt"
    case reEncrypt = "ReEncrypt"
    case sign = "Sign"
    case describeKey = "DescribeKey"
    case listKeyRotations = "ListKeyRotations"
    case enableKeyRotation = "EnableKeyRotation"
    case rotateKeyOnDemand = "RotateKeyOnDemand"
    case disableKey = "DisableKey"
    case enableKey = "EnableKey"
    case scheduleKeyDeletion = "ScheduleKeyDeletion"
    case cancelKeyDeletion = "CancelKeyDeletion"
    case getPublicKey = "GetPublicKey"

    /// Whether to do it twice is to do it once.
    var mayRepeat: Bool { self != .rotateKeyOnDemand }

    var capability: KeyCapabilities.Operation {
      switch self {
      case .generateDataKey: .generateDataKey
      case .encrypt: .wrap
      case .decrypt: .unwrap
      case .reEncrypt: .rewrap
      case .sign, .getPublicKey: .sign
      case .describeKey, .listKeyRotations: .describe
      case .enableKeyRotation, .rotateKeyOnDemand: .rotate
      case .disableKey, .enableKey: .disable
      case .scheduleKeyDeletion, .cancelKeyDeletion: .destroy
      }
    }
  }

  let operation: Operation
  let key: KeyID
  let members: [JSONMember]

  init(_ operation: Operation, _ key: KeyID, _ members: [JSONMember]) {
    self.operation = operation
    self.key = key
    self.members = members
  }

  /// What is sent to `host`.
  func request(host: String) -> SignatureV4.Request {
    var body: [UInt8] = []
    JSONValue.object(members).write(into: &body)
    return SignatureV4.Request(
      method: "POST",
      headers: [
        KeyServiceHeader("Host", host),
        KeyServiceHeader("Content-Type", "application/x-amz-json-1.1"),
        KeyServiceHeader("X-Amz-Target", "TrentService.\(operation.rawValue)"),
      ],
      body: body)
  }

  /// What the service answered.
  func answer(_ response: KeyServiceResponse) throws(KeyServiceAttempts.Failure) -> JSONValue {
    let answer = try? JSONValue(parsing: response.body)
    guard response.status == 200 else { throw failure(response, answer) }
    if let answer { return answer }
    guard response.body.isEmpty else { throw KeyServiceAttempts.Failure(VaultError(.providerAnswer, key: key)) }
    return .object([])
  }

  /// Whether the service says that the credentials are of a session that is over.
  static func isOfExpiredSession(_ response: KeyServiceResponse) -> Bool {
    ["ExpiredTokenException", "ExpiredToken"].contains(kind(response, try? JSONValue(parsing: response.body)))
  }

  private func failure(_ response: KeyServiceResponse, _ answer: JSONValue?) -> KeyServiceAttempts.Failure {
    func final(_ code: VaultError.Code) -> KeyServiceAttempts.Failure {
      KeyServiceAttempts.Failure(VaultError(code, key: key, number: Int64(response.status)))
    }
    func passing(didNothing: Bool) -> KeyServiceAttempts.Failure {
      KeyServiceAttempts.Failure(
        VaultError(.providerUnavailable, key: key, number: Int64(response.status)), isPassing: true,
        didNothing: didNothing)
    }
    switch Self.kind(response, answer) {
    case "ThrottlingException", "Throttling", "LimitExceededException", "RequestLimitExceeded",
      "TooManyRequestsException", "RequestThrottled":
      return passing(didNothing: true)
    case "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException", "InternalFailure",
      "ServiceUnavailable", "ServiceUnavailableException", "InternalServerError":
      return passing(didNothing: false)
    case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "InvalidClientTokenId",
      "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
      "MissingAuthenticationTokenException", "NotAuthorized", "NotAuthorizedException", "OptInRequired",
      "ExpiredTokenException", "ExpiredToken", "RequestExpired", "SignatureDoesNotMatch":
      return final(.providerRefused)
    case "NotFoundException", "InvalidArnException": return final(.unknownKey)
    // A key that waits for its destruction, or whose material is not there yet, is in an invalid state.
    case "DisabledException", "KMSInvalidStateException": return final(.keyDisabled)
    case "InvalidCiphertextException", "IncorrectKeyException": return final(.notAuthentic)
    case "InvalidKeyUsageException", "UnsupportedOperationException":
      return final(.unsupported(operation.capability))
    case "ValidationException", "SerializationException": return final(.malformed)
    default:
      if response.status == 429 { return passing(didNothing: true) }
      if response.status >= 500 { return passing(didNothing: false) }
      return final(response.status == 403 || response.status == 401 ? .providerRefused : .providerAnswer)
    }
  }

  /// The name of an error: `com.amazonaws.kms#NotFoundException`, `NotFoundException:http://…`, or plain.
  private static func kind(_ response: KeyServiceResponse, _ answer: JSONValue?) -> String {
    let header = response.headers.first { $0.name.lowercased() == "x-amzn-errortype" }?.value
    let whole = answer?["__type"]?.string ?? header ?? ""
    let name = whole.split(separator: ":").first.map(String.init) ?? ""
    return name.split(separator: "#").last.map(String.init) ?? ""
  }
}
