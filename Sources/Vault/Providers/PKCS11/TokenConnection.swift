import CPKCS11
import Ciphers
import Glibc
import Synchronization

/// A token that is logged in to, lost and found again.
final class TokenConnection: Sendable {
  let module: PKCS11Module
  private let choice: PKCS11Provider.Token
  private let pin: SecretBytes
  private let state: Mutex<TokenState>

  /// Finds the token and logs in.
  init(_ module: PKCS11Module, _ choice: PKCS11Provider.Token, pin: consuming SecretBytes) throws(VaultError) {
    self.module = module
    self.choice = choice
    self.pin = pin
    state = Mutex(TokenState(process: getpid(), now: .now))
    _ = try enter()
    leave()
  }

  deinit { module.end() }

  /// Where the token is, for one call, after which `leave` is due; when it was lost, it is looked for again.
  func enter() throws(VaultError) -> TokenState.Place {
    let result = state.withLock { state -> Result<TokenState.Place, VaultError> in
      switch state.enter(process: getpid(), now: .now) {
      case .use(let place): return .success(place)
      case .refuse(let error): return .failure(error)
      case .reconnect(let endsFirst):
        do throws(TokenFault) {
          if endsFirst { module.end() }
          try module.start()
          let slot = try module.slot(label: choice.label, serial: choice.serial)
          let session = try open(in: slot)
          _ = unsafe cordon_p11_close_session(module.table, session)
          state.connect(slot: slot)
        } catch {
          if error.isOfPIN { state.shut(error.error(nil)) } else { state.fail(now: .now) }
          return .failure(error.error(nil))
        }
        guard case .use(let place) = state.enter(process: getpid(), now: .now) else {
          return .failure(VaultError(.providerUnavailable))
        }
        return .success(place)
      }
    }
    return try result.get()
  }

  /// The end of a call.
  func leave() { state.withLock { $0.leave() } }

  /// Says that the token which was at `place` is gone.
  func lose(_ place: TokenState.Place) { state.withLock { $0.lose(place, now: .now) } }

  /// Whether the token is still at `place`.
  func isPresent(at place: TokenState.Place) -> Bool {
    (try? module.slot(label: choice.label, serial: choice.serial)) == place.slot
  }

  /// A session of the user, at `place`.
  func openSession(at place: TokenState.Place) throws(TokenFault) -> UInt {
    // One log-in at a time: a PIN that turns out to be wrong is not tried by each thread once more.
    try state.withLock { state throws(TokenFault) -> UInt in
      guard state.isConnected(at: place) else { throw TokenFault(unclear: .providerUnavailable) }
      do throws(TokenFault) {
        return try open(in: place.slot)
      } catch {
        if error.isOfPIN { state.shut(error.error(nil)) }
        throw error
      }
    }
  }

  private func open(in slot: UInt) throws(TokenFault) -> UInt {
    var session: UInt = 0
    try TokenFault.check(unsafe cordon_p11_open_session(module.table, slot, &session))
    let status = pin.withBytes { pin in
      unsafe pin.withUnsafeBufferPointer { pin in
        unsafe cordon_p11_login(module.table, session, pin.baseAddress, pin.count)
      }
    }
    do throws(TokenFault) {
      try TokenFault.check(status)
    } catch {
      _ = unsafe cordon_p11_close_session(module.table, session)
      throw error
    }
    return session
  }
}
