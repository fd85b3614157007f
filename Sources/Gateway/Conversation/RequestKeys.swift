import Ciphers
import Deidentification
import Ledger
import Vault

/// Why a request has no keys: the vault is locked, its provider cannot be reached, a subject's key was destroyed.
struct GatewayKeyFailure: Error {
  /// What the vault said; nil when it was another part of the way to a key.
  let vault: VaultError.Code?

  init(_ error: any Error) { vault = (error as? VaultError)?.code }
}

extension Refusal {
  /// What a request is refused by that gets no keys.
  init(_ failure: GatewayKeyFailure) {
    switch failure.vault {
    case .shredded: self.init(.subjectDisposed, "a party of the request has no key any more")
    case .tooManySubjects: self.init(.tooManySubjects, "the caller has had as many new ones made as it may for now")
    case .tooMuchKept: self.init(.tooMuchKept, "the caller has as much kept by vendors as it may")
    case let code?: self.init(.keysUnavailable, VaultError(code).description)
    case nil: self.init(.keysUnavailable, "no key could be had")
    }
  }
}

extension Gateway {
  /// Why there is no key; a stored one that is not what was stored raises an alert.
  func keyFailure(_ error: any Error) -> GatewayKeyFailure {
    if let error = error as? VaultError, error.isAboutAlteration { notice(.alteredRecord) }
    return GatewayKeyFailure(error)
  }

  /// The key of one caller's session tokens: the first 16 bytes of the caller's secret.
  func tokenKey(of caller: Caller) async throws(GatewayKeyFailure) -> TokenKey {
    do {
      let secret = try await vault.tokenSecret(ofCaller: caller.id.name)
      return secret.withBytes { bytes in
        func word(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
        return TokenKey(word(at: 0), word(at: 8))
      }
    } catch {
      throw keyFailure(error)
    }
  }

  /// Checks that the key of a member of the workforce was not destroyed.
  func checkKey(of user: String) async throws(GatewayKeyFailure) {
    do {
      _ = try await withTaskExecutorPreference(BlockingThreads.shared) {
        try await vault.tag(of: SubjectReference(.workforce, user))
      }
    } catch {
      // Of one whom nobody has recorded nothing was destroyed.
      guard (error as? VaultError)?.code != .unknownSubject else { return }
      throw keyFailure(error)
    }
  }

  /// The hash that an entry keeps of a text that was sent or came back: that of its ciphertext.
  ///
  /// See `SealingKey` for what the holder of the key can prove by it, and what not.
  func digestOfSealed(
    _ text: [UInt8], of request: RequestID, _ direction: Direction
  ) async throws(GatewayKeyFailure) -> Digest {
    do {
      let sealing = try await vault.sealingKey()
      return try sealing.digestOfSealed(text.span, context: Array("\(direction.rawValue) \(request)".utf8))
    } catch {
      throw keyFailure(error)
    }
  }

  /// Which way a text went.
  enum Direction: String, Hashable, Sendable {
    case sent
    case received
  }
}
