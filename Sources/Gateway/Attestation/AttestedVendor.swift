package import AsyncHTTPClient
import Attestation
import Bytes
import Ciphers
package import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// A vendor that has to prove what runs on its machine, and the connections that it has proved it for.
///
/// Evidence is fetched before the first request and again before it ends, with a fresh nonce and nothing else: neither a
/// credential nor a word of a request. Each evidence has connections of its own, and names the key that they present, so
/// that a request can reach no other machine than the one that was appraised.
package final class AttestedVendor: Sendable {
  /// How long evidence may take to come.
  private static let patience = TimeAmount.seconds(10)
  /// How long the reason of a refusal is told again before evidence is asked for again, in steady milliseconds.
  private static let pause: Int64 = 2_000
  private static let longest = 1 << 16

  let id: ConfiguredID<Vendor>
  let settings: AttestationSettings
  let trust: AttestationTrust
  private let address: String
  private let configuration: HTTPClient.Configuration
  private let clock: AttestationClock
  private let count: @Sendable (AttestationError?) -> Void
  private let state = Mutex(State())

  private struct State {
    var standing: Standing?
    var failure: (error: AttestationError, until: Int64)?
    var fetch: Task<Void, Never>?
    var hasBegun = false
    /// Whether another machine answers than the one of the standing.
    var isSuperseded = false
  }

  /// What was proved last.
  private struct Standing {
    let connections: PinnedConnections
    let key: Digest
    /// When it ends, by both clocks: it is over when either says so.
    let end: AttestationClock.Reading
    /// When it is to be renewed.
    let renewal: AttestationClock.Reading

    /// Ends the connections when the time of the evidence is over: another machine has taken the place of theirs.
    func endInTime(from now: AttestationClock.Reading) {
      Task { [connections, left = now.left(until: end)] in
        try? await Task.sleep(for: .milliseconds(max(0, left)))
        try? await connections.client.shutdown()
      }
    }
  }

  /// Evidence is asked for at the host and port of `place`, through connections by `configuration`, and checked by what
  /// is trusted; `count` takes what came of each evidence: nil is that it was good.
  init(
    _ id: ConfiguredID<Vendor>, at place: Vendor.Place, _ settings: AttestationSettings, trust: AttestationTrust,
    _ configuration: HTTPClient.Configuration, clock: AttestationClock,
    count: @escaping @Sendable (AttestationError?) -> Void
  ) {
    self.id = id
    self.settings = settings
    self.trust = trust
    var configuration = configuration
    if let authorities = trust.authorities {
      var tls = configuration.tlsConfiguration ?? .makeClientConfiguration()
      tls.trustRoots = .certificates(authorities)
      configuration.tlsConfiguration = tls
    }
    self.configuration = configuration
    self.clock = clock
    self.count = count
    address = place.origin + settings.path + (settings.path.contains("?") ? "&" : "?") + "nonce="
  }

  deinit { state.withLock(\.fetch)?.cancel() }

  /// Whether it is the vendor of these settings.
  func isVendor(at place: Vendor.Place, _ settings: AttestationSettings, _ trust: AttestationTrust) -> Bool {
    settings == self.settings && trust == self.trust && address.hasPrefix(place.origin + settings.path)
  }

  /// Why the vendor may not be asked now; nil when what it proved holds.
  package var objection: Refusal? {
    let now = clock.now
    return state.withLock { state in
      if let standing = state.standing, now.isBefore(standing.end) { return nil }
      return Refusal(state.failure?.error ?? AttestationError(state.standing == nil ? .unavailable : .expired), of: id)
    }
  }

  /// Whether it has proved something that holds no more.
  var hasLapsed: Bool {
    let now = clock.now
    return state.withLock { $0.hasBegun && ($0.standing.map { !now.isBefore($0.end) } ?? true) }
  }

  /// Sees to it that what the vendor proved holds, as far as that can be; why it may not be asked, or nil.
  package func ready() async -> Refusal? {
    if objection == nil, !isSuperseded {
      renewIfDue()
      return nil
    }
    await begin()?.value
    guard isSuperseded else { return objection }
    return Refusal(state.withLock { $0.failure?.error } ?? AttestationError(.otherConnection), of: id)
  }

  /// Fetches evidence anew, without anybody waiting, when what there is ends soon.
  func renewIfDue() {
    let now = clock.now
    guard state.withLock({ $0.hasBegun && $0.standing.map { !now.isBefore($0.renewal) } ?? false }) else { return }
    _ = begin()
  }

  /// Sends a request through connections that the evidence is for.
  package func execute(
    _ request: HTTPClientRequest, timeout: TimeAmount
  ) async throws -> (response: HTTPClientResponse, holding: any Sendable) {
    let now = clock.now
    let connections = state.withLock { $0.standing.flatMap { now.isBefore($0.end) ? $0.connections : nil } }
    guard let connections else {
      throw VendorFailure(.notAttested)
    }
    do {
      return (try await connections.client.execute(request, timeout: timeout), connections)
    } catch let error where Self.isOfAnotherMachine(error) {
      // What runs goes on with the machine that was appraised; new requests wait for the other to be.
      state.withLock { state in
        if state.standing?.connections === connections { state.isSuperseded = true }
      }
      throw VendorFailure(.notAttested)
    }
  }

  private var isSuperseded: Bool { state.withLock(\.isSuperseded) }

  /// Whether a handshake ended because of who was on the other side.
  private static func isOfAnotherMachine(_ error: any Error) -> Bool {
    error is PinnedConnections.OtherKey || error is NIOSSLError || error is NIOSSLExtraError
  }

  /// The fetch that is under way, or one that begins now; nil while a failure is too fresh.
  private func begin() -> Task<Void, Never>? {
    let now = clock.now.steady
    return state.withLock { state in
      if let fetch = state.fetch { return fetch }
      if let failure = state.failure, now < failure.until { return nil }
      state.hasBegun = true
      let fetch = Task { [weak self] in
        guard let self else { return }
        await self.fetch()
      }
      state.fetch = fetch
      return fetch
    }
  }

  private func fetch() async {
    let connections = PinnedConnections(configuration)
    let outcome: Result<Standing, AttestationError>
    do {
      outcome = .success(try await evidence(through: connections))
    } catch {
      outcome = .failure(error)
    }
    let now = clock.now
    state.withLock { state in
      state.fetch = nil
      switch outcome {
      case .success(let standing):
        if let former = state.standing, former.key != standing.key { former.endInTime(from: now) }
        (state.standing, state.failure, state.isSuperseded) = (standing, nil, false)
      case .failure(let error):
        // Evidence that is bad is known at once; that none came says nothing until what there is ends.
        if error.code != .unavailable { state.standing = nil }
        state.failure = (error, now.steady + Self.pause)
      }
    }
    if case .failure(let error) = outcome { count(error) } else { count(nil) }
  }

  private func evidence(through connections: PinnedConnections) async throws(AttestationError) -> Standing {
    var random = SystemRandomNumberGenerator()
    let nonce = Base64URL.encode([UInt8](randomCount: 32, using: &random))
    var request = HTTPClientRequest(url: address + nonce)
    request.headers = [
      "accept": "application/eat+jwt, application/jwt", "accept-encoding": "identity", "user-agent": "cordon",
    ]
    // Its time is counted from before it was asked for.
    let asked = clock.now
    let token: [UInt8]
    do {
      let response = try await connections.client.execute(request, timeout: Self.patience)
      guard response.status == .ok else { throw AttestationError(.unavailable) }
      token = Array(try await response.body.collect(upTo: Self.longest).readableBytesView)
    } catch {
      throw AttestationError(.unavailable)
    }
    guard let key = connections.key else { throw AttestationError(.unbound) }
    let came = clock.now
    let end = try settings.policy.accept(
      token, signedBy: trust.keys, nonce: nonce, connection: key.bytes, at: came.wall / 1_000)
    // Whatever the time of day was set to meanwhile: the shorter time counts.
    let left = end * 1_000 - max(asked.wall, came.wall)
    return Standing(
      connections: connections, key: key, end: asked.after(left), renewal: asked.after(left / 4 * 3))
  }
}
