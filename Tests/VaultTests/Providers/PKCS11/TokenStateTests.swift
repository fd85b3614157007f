import Testing
import Vault

struct TokenStateTests {
  private let start = ContinuousClock.now

  private func connected() throws -> (TokenState, TokenState.Place) {
    var state = TokenState(process: 1, now: start)
    #expect(state.enter(process: 1, now: start) == .reconnect(endsFirst: true))
    state.connect(slot: 7)
    guard case .use(let place) = state.enter(process: 1, now: start) else {
      throw VaultError(.providerUnavailable)
    }
    return (state, place)
  }

  @Test func `starts again only when no call is under way`() throws {
    var (state, place) = try connected()
    #expect(state.enter(process: 1, now: start) == .use(place))
    state.lose(place, now: start)
    #expect(state.enter(process: 1, now: start) == .refuse(VaultError(.providerUnavailable)))
    state.leave()
    #expect(state.enter(process: 1, now: start) == .refuse(VaultError(.providerUnavailable)))
    state.leave()
    #expect(state.enter(process: 1, now: start) == .reconnect(endsFirst: true))
  }

  @Test func `pauses twice as long after each failure, up to half a minute`() {
    var state = TokenState(process: 1, now: start)
    var now = start
    for pause in [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000] {
      #expect(state.enter(process: 1, now: now) == .reconnect(endsFirst: true))
      state.fail(now: now)
      let early = now + .milliseconds(pause - 1)
      #expect(state.enter(process: 1, now: early) == .refuse(VaultError(.providerUnavailable)))
      now += .milliseconds(pause)
    }
  }

  @Test func `a call that comes late does not lose a token that was found again`() throws {
    var (state, first) = try connected()
    state.leave()
    state.lose(first, now: start)
    #expect(state.enter(process: 1, now: start) == .reconnect(endsFirst: true))
    state.connect(slot: 7)
    state.lose(first, now: start)
    guard case .use(let second) = state.enter(process: 1, now: start) else {
      Issue.record("the token was lost")
      return
    }
    #expect(second != first && second.slot == first.slot)
  }

  @Test func `never tries a refused PIN again`() {
    var state = TokenState(process: 1, now: start)
    let refusal = VaultError(.providerRefused, number: 0xA0)
    state.shut(refusal)
    #expect(state.enter(process: 1, now: start + .seconds(3600)) == .refuse(refusal))
  }

  @Test func `a forked child starts by itself and leaves its parent's sessions`() throws {
    var (state, _) = try connected()
    #expect(state.enter(process: 2, now: start) == .reconnect(endsFirst: false))
  }
}
