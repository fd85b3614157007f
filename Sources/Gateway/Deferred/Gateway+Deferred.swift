import Bytes
import Ciphers
import Ledger
import Providers
import Vault

extension Gateway {
  /// How often a vendor may fail at one request that is carried out later, before that is its answer.
  private static let mostFailures = 8

  /// Takes up what had been taken before the start, once.
  package func takeDeferred() async throws {
    guard !deferred.isWhole.isSet, !vault.isLocked else { return }
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      guard let maps = try kept.present() else { return [(id: String, record: KeptRecord)]() }
      var found: [(id: String, record: KeptRecord)] = []
      let records = try maps.records().filter { $0.kind == .deferred }
      for holder in Set(records.map { KeptHolder(caller: $0.caller, useCase: $0.useCase) }) {
        found += try await maps.objects(of: .deferred, for: holder)
      }
      return found.sorted { $0.record.created.milliseconds < $1.record.created.milliseconds }
    }
    for (id, record) in found {
      guard let id = RequestID(id) else { continue }
      deferred.restore(
        DeferredQueue.Item(
          id: id, caller: record.caller, useCase: record.useCase, since: record.created.milliseconds,
          bytes: record.byteCount))
    }
    deferred.isWhole.set()
  }

  /// Begins to carry out what may be, as afterwork.
  package func carryOutDeferred() {
    while let item = nextDeferred() {
      // What stops one request ends it, and that is its answer; the end of the gateway lets it wait again.
      afterwork.begin(stoppedBy: Interruption()) { [self] in await carryOut(item) }
    }
  }

  private func nextDeferred() -> DeferredQueue.Item? {
    deferred.take(most: limits.deferredAtOnce, at: clock.monotonic(), wall: clock.wall()) { name in
      configuration.useCases.first { $0.id.name == name }?.deferral.map { Int64($0.patience) * 1_000 }
    }
  }

  /// Carries one out: everything is asked again, as when it came now.
  func carryOut(_ item: DeferredQueue.Item) async {
    do {
      try await carryOutOnce(item)
    } catch {
      // No key can be had, or the log takes nothing: nothing is lost by waiting.
      _ = keyFailure(error)
      deferred.putBack(item.id, for: Self.pause(after: 3), at: clock.monotonic(), failed: false)
    }
  }

  private func carryOutOnce(_ item: DeferredQueue.Item) async throws {
    guard let opened = try await keptRequest(item.id, item.holder) else {
      // Its time is over, or somebody has deleted it.
      deferred.remove(item.id)
      return
    }
    guard try await keptAnswer(item.id, item.holder) == nil else {
      // The process ended after its answer was kept.
      return try await finish(item, opened.record)
    }
    guard let request = DeferredRequest(opened.map, today: clock.today),
      let caller = configuration.callers.first(where: { $0.id.name == item.caller }),
      let useCase = admission.useCase(item.useCase, of: caller)
    else {
      // Nobody could fetch what came of it; its time ends it.
      deferred.putBack(item.id, for: Self.pause(after: 9), at: clock.monotonic(), failed: false)
      return
    }
    var call = request.call(item.id, of: caller, for: useCase)
    call.priority = item.isAged ? nil : .batch
    call.way = CarriedWay()
    let reply = await stoppable(call)
    guard case .whole(var body) = reply.body else { return }
    defer { body.wipe() }
    if !isFinal(reply, item) {
      let failed = ![408, 409, 429, 503].contains(reply.status)
      let pause = Pause.asked(in: reply.headers) ?? Self.pause(after: item.failures + 1)
      deferred.putBack(item.id, for: max(pause, 250_000), at: clock.monotonic(), failed: failed)
      return
    }
    var parties = request.parties
    if let named = call.way?.parties { parties = named }
    let answer = DeferredAnswer(
      Self.fitting(reply, body, to: call), to: parties, by: call.way?.taken)
    guard deferred.state(of: item.id).isThere else { return }
    let base = await entryOfCarried(item.id, caller, from: request.client, useCase, about: parties)
    let settings = (useCase.deferral ?? DeferralSettings()).kept
    // What was taken is to be answered: the bounds hold where something is taken.
    let failure = await keep(
      [(KeptObject(answerOf: item.id), answer.bytes)], for: item.holder, settings,
      within: KeptBounds(maps: .max, bytes: .max), saying: base)
    guard failure == nil else {
      deferred.putBack(item.id, for: Self.pause(after: item.failures + 3), at: clock.monotonic(), failed: true)
      return
    }
    try await finish(item, opened.record, saying: base)
  }

  /// Carries a call, which whatever stops it ends.
  private func stoppable(_ call: ModelCall) async -> Reply {
    let work = Task { await answer(call) }
    call.interruption.onStop { work.cancel() }
    return await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
  }

  /// Forgets a request that has its answer; one that somebody has deleted meanwhile has none.
  private func finish(_ item: DeferredQueue.Item, _ record: KeptRecord, saying base: Entry? = nil) async throws {
    var entry = base ?? Entry(.mapDeleted, at: clock.timestamp, request: item.id)
    if base == nil { (entry.caller, entry.useCase) = (ConfiguredName(item.caller), ConfiguredName(item.useCase)) }
    guard deferred.remove(item.id, answered: true) else {
      if let answer = try await keptAnswer(item.id, item.holder) { try await forget([answer.record], saying: entry) }
      return
    }
    try await forget([record], saying: entry)
  }

  /// Whether an answer stands, or the request is carried out again.
  private func isFinal(_ reply: Reply, _ item: DeferredQueue.Item) -> Bool {
    switch reply.status {
    case 408, 409, 429, 503: false
    // Who ends the gateway has cut it off.
    case 500...: !Task.isCancelled && item.failures + 1 >= Self.mostFailures
    default: !Task.isCancelled || reply.status == 200
    }
  }

  /// The answer, or why there is none where it is longer than what is kept.
  private static func fitting(_ reply: Reply, _ body: [UInt8], to call: ModelCall) -> (reply: Reply, body: [UInt8]) {
    guard body.count > KeptMaps.longestMap - (1 << 16) else { return (reply, body) }
    let failure = Reply.failure(.vendor(.answerTooLarge), to: call)
    guard case .whole(let said) = failure.body else { return (failure, []) }
    return (failure, said)
  }

  private static func pause(after failures: Int) -> Int64 { min(60, 1 << Int64(min(failures, 6))) * 1_000_000 }

  func keptRequest(_ id: RequestID, _ holder: KeptHolder) async throws -> KeptMaps.Opened? {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await kept.present()?.open(KeptObject(deferred: id), for: holder)
    }
  }

  func keptAnswer(_ id: RequestID, _ holder: KeptHolder) async throws -> KeptMaps.Opened? {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await kept.present()?.open(KeptObject(answerOf: id), for: holder)
    }
  }
}
