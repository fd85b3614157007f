import Bytes
import Synchronization

/// The servers behind a transit engine, with the token that they know this process by.
final class TransitServer: Sendable {
  private struct Session {
    var token: TransitToken
    var renewal = TransitRenewal()
  }

  private let addresses: [String]
  private let namespace: String?
  private let readToken: @Sendable () throws(VaultError) -> TransitToken
  private let transport: KeyServiceTransport
  private let attempts: KeyServiceAttempts
  private let now: @Sendable () -> Moment
  private let session: Mutex<Session>

  init(
    addresses: [String], namespace: String?, token: @escaping @Sendable () throws(VaultError) -> TransitToken,
    transport: @escaping KeyServiceTransport, attempts: KeyServiceAttempts, now: @escaping @Sendable () -> Moment
  ) throws(VaultError) {
    for address in addresses {
      // `https:` and an empty part come before the host, and nothing after it.
      let parts = address.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 3, ["https:", "http:"].contains(parts[0]), parts[1].isEmpty, !parts[2].isEmpty else {
        throw VaultError(.malformed)
      }
    }
    self.addresses = addresses
    self.namespace = namespace
    readToken = token
    self.transport = transport
    self.attempts = attempts
    self.now = now
    session = Mutex(Session(token: try token()))
  }

  /// What the first server that can answer answered.
  func send(_ call: TransitCall) async throws(VaultError) -> JSONValue {
    await renewToken()
    return try await attempts.run(mayRepeat: call.mayRepeat) { attempt throws(KeyServiceAttempts.Failure) in
      let used = session.withLock { $0.token }
      var response = try await carry(call, used, attempt)
      if response.status == 403, let fresh = try freshToken(insteadOf: used, call.key) {
        response = try await carry(call, fresh, attempt)
      }
      return try call.answer(response)
    }
  }

  /// Another token than the one that was refused; nil when there is none.
  private func freshToken(
    insteadOf used: TransitToken, _ key: KeyID?
  ) throws(KeyServiceAttempts.Failure) -> TransitToken? {
    do throws(VaultError) {
      let fresh = try readToken()
      guard !fresh.isSame(as: used) else { return nil }
      session.withLock { $0 = Session(token: fresh) }
      return fresh
    } catch {
      throw KeyServiceAttempts.Failure(VaultError(error.code, key: key, number: error.number))
    }
  }

  /// Renews the token when that is due; where it fails, the call that comes next will show whether it matters.
  private func renewToken() async {
    guard let token = session.withLock({ $0.renewal.isDue(at: now()) ? $0.token : nil }) else { return }
    let call = TransitCall(.post, "auth/token/renew-self", nil)
    guard let response = try? await carry(call, token, 0) else { return }
    let lease = (try? call.answer(response))?["auth"]
    session.withLock { session in
      guard session.token.isSame(as: token) else { return }
      if let lease {
        session.renewal.settle(
          seconds: lease["lease_duration"]?.integer ?? 0, isRenewable: lease["renewable"]?.bool ?? false, at: now())
      } else if response.status == 400 {
        // A token that cannot be renewed.
        session.renewal.settle(seconds: 0, isRenewable: false, at: now())
      }
    }
  }

  private func carry(
    _ call: TransitCall, _ token: TransitToken, _ attempt: Int
  ) async throws(KeyServiceAttempts.Failure) -> KeyServiceResponse {
    do throws(VaultError) {
      let address = addresses[attempt % addresses.count]
      let response = try await transport(call.request(to: address, token, namespace: namespace))
      guard response.status == 307, let next = redirection(of: response, call) else { return response }
      // A standby sends to the active server; that one sends nowhere.
      return try await transport(call.request(to: next, token, namespace: namespace))
    } catch {
      throw KeyServiceAttempts.Failure(
        VaultError(error.code, key: call.key, number: error.number), isPassing: error.code == .providerUnavailable)
    }
  }

  /// The known address that a redirection leads to: the token goes to no other.
  private func redirection(of response: KeyServiceResponse, _ call: TransitCall) -> String? {
    guard let location = response.headers.first(where: { $0.name.lowercased() == "location" })?.value else {
      return nil
    }
    return addresses.first { location == "\($0)/v1/\(call.path)" }
  }
}
