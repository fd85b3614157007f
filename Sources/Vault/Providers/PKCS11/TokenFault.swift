import CPKCS11

/// Why a call to a token failed, and what may help.
struct TokenFault: Error, Hashable {
  /// What may help.
  enum Meaning: Hashable {
    /// The session is gone, or its user is logged out: another session may do.
    case sessionGone
    /// The token or its module is gone: starting again may help.
    case tokenGone
    /// The token is gone, or it is there and this is the case.
    case unclear(VaultError.Code)
    /// Nothing helps.
    case final(VaultError.Code)
  }

  let meaning: Meaning
  /// The module's return value, 0 when it was Cordon that refused.
  let status: UInt

  /// Cordon's own refusal.
  init(_ code: VaultError.Code) {
    meaning = .final(code)
    status = 0
  }

  /// Cordon's own refusal, unless the token is gone.
  init(unclear code: VaultError.Code) {
    meaning = .unclear(code)
    status = 0
  }

  private init(status: UInt, unclear: VaultError.Code) {
    self.status = status
    meaning = Self.meaning(of: status, unclear: unclear)
  }

  /// Throws when `status` is not that of success; `unclear` is what a module means that says no more than that it failed.
  static func check(
    _ status: UInt, unclear: VaultError.Code = .providerUnavailable
  ) throws(TokenFault) {
    if status != 0 { throw TokenFault(status: status, unclear: unclear) }
  }

  /// What the vault is told of it.
  func error(_ key: KeyID?) -> VaultError {
    let code: VaultError.Code =
      switch meaning {
      case .sessionGone, .tokenGone: .providerUnavailable
      case .unclear(let code), .final(let code): code
      }
    return VaultError(code, key: key, number: Int64(clamping: status))
  }

  /// Whether the PIN was refused: it is not tried again, for tokens lock themselves after a few attempts.
  var isOfPIN: Bool {
    [
      CORDON_P11_PIN_INCORRECT, CORDON_P11_PIN_INVALID, CORDON_P11_PIN_LEN_RANGE, CORDON_P11_PIN_EXPIRED,
      CORDON_P11_PIN_LOCKED, CORDON_P11_USER_PIN_NOT_INITIALIZED, CORDON_P11_USER_ANOTHER_ALREADY_LOGGED_IN,
    ].contains(status)
  }

  private static func meaning(of status: UInt, unclear: VaultError.Code) -> Meaning {
    switch status {
    case CORDON_P11_SESSION_HANDLE_INVALID, CORDON_P11_SESSION_CLOSED, CORDON_P11_USER_NOT_LOGGED_IN,
      CORDON_P11_OPERATION_ACTIVE, CORDON_P11_OPERATION_NOT_INITIALIZED:
      .sessionGone
    case CORDON_P11_DEVICE_REMOVED, CORDON_P11_DEVICE_ERROR, CORDON_P11_TOKEN_NOT_PRESENT,
      CORDON_P11_TOKEN_NOT_RECOGNIZED, CORDON_P11_SLOT_ID_INVALID, CORDON_P11_CRYPTOKI_NOT_INITIALIZED:
      .tokenGone
    case CORDON_P11_PIN_INCORRECT, CORDON_P11_PIN_INVALID, CORDON_P11_PIN_LEN_RANGE, CORDON_P11_PIN_EXPIRED,
      CORDON_P11_PIN_LOCKED, CORDON_P11_USER_PIN_NOT_INITIALIZED, CORDON_P11_USER_ANOTHER_ALREADY_LOGGED_IN:
      .final(.providerRefused)
    // What else a token says may be no more than that it was pulled out under the call: SoftHSM gives CKR_GENERAL_ERROR for
    // a tag that does not fit, and wrong handles or permissions for a token that is gone.
    case CORDON_P11_GENERAL_ERROR, CORDON_P11_FUNCTION_FAILED, CORDON_P11_KEY_HANDLE_INVALID,
      CORDON_P11_OBJECT_HANDLE_INVALID:
      .unclear(unclear)
    case CORDON_P11_ENCRYPTED_DATA_INVALID, CORDON_P11_ENCRYPTED_DATA_LEN_RANGE, CORDON_P11_AEAD_DECRYPT_FAILED,
      CORDON_P11_WRAPPED_KEY_INVALID, CORDON_P11_WRAPPED_KEY_LEN_RANGE:
      .unclear(.notAuthentic)
    case CORDON_P11_KEY_FUNCTION_NOT_PERMITTED:
      .unclear(.keyDisabled)
    case CORDON_P11_SESSION_READ_ONLY, CORDON_P11_TOKEN_WRITE_PROTECTED, CORDON_P11_ACTION_PROHIBITED,
      CORDON_P11_ATTRIBUTE_READ_ONLY, CORDON_P11_ATTRIBUTE_SENSITIVE:
      .unclear(.providerRefused)
    case CORDON_P11_HOST_MEMORY, CORDON_P11_DEVICE_MEMORY, CORDON_P11_SESSION_COUNT, CORDON_P11_FUNCTION_CANCELED:
      .unclear(.providerUnavailable)
    default:
      // The call was not as the module wants it, or the value is a vendor's own: both are no answer.
      .unclear(.providerAnswer)
    }
  }
}
