import CPKCS11
import Dispatch
import Synchronization

/// A thread's worth of calls to a token, one after the other, with a session of its own.
///
/// A token may take long to answer: its calls do not wait on the few threads that run Swift's tasks.
final class TokenLane: Sendable {
  private struct Held {
    let place: TokenState.Place
    let session: UInt
  }

  private let connection: TokenConnection
  private let queue: DispatchQueue
  private let held = Mutex<Held?>(nil)

  init(_ connection: TokenConnection, number: Int) {
    self.connection = connection
    queue = DispatchQueue(label: "cordon.pkcs11.\(number)")
  }

  /// What `body` gives for a session that is logged in; it is tried again when a session or the token was gone.
  func run<Value: Sendable>(
    about key: KeyID, _ body: @escaping @Sendable (TokenSession) throws(TokenFault) -> Value
  ) async throws(VaultError) -> Value {
    let result = await withCheckedContinuation { (reply: CheckedContinuation<Result<Value, VaultError>, Never>) in
      queue.async { reply.resume(returning: self.attempt(key, body)) }
    }
    return try result.get()
  }

  private func attempt<Value>(
    _ key: KeyID, _ body: (TokenSession) throws(TokenFault) -> Value
  ) -> Result<Value, VaultError> {
    var last = VaultError(.providerUnavailable, key: key)
    for _ in 0..<3 {
      do throws(VaultError) {
        let place = try connection.enter()
        defer { connection.leave() }
        do throws(TokenFault) {
          return .success(try body(session(at: place)))
        } catch {
          last = error.error(key)
          switch error.meaning {
          case .final: return .failure(last)
          case .unclear where connection.isPresent(at: place): return .failure(last)
          case .sessionGone: drop(at: place)
          case .tokenGone, .unclear:
            connection.lose(place)
            last = VaultError(.providerUnavailable, key: key, number: Int64(clamping: error.status))
          }
        }
      } catch {
        return .failure(VaultError(error.code, key: key, number: error.number))
      }
    }
    return .failure(last)
  }

  private func session(at place: TokenState.Place) throws(TokenFault) -> TokenSession {
    let session = try held.withLock { held throws(TokenFault) -> UInt in
      if let held, held.place == place { return held.session }
      // A session of an earlier start is gone with it.
      held = nil
      let session = try connection.openSession(at: place)
      held = Held(place: place, session: session)
      return session
    }
    return TokenSession(module: connection.module, number: session)
  }

  private func drop(at place: TokenState.Place) {
    held.withLock { held in
      if let held, held.place == place { _ = unsafe cordon_p11_close_session(connection.module.table, held.session) }
      held = nil
    }
  }
}
