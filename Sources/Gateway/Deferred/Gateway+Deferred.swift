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
    // What replicas share is not divided among them: whoever has left something there takes it up.
    guard !deferred.isWhole.isSet, carriesOutDeferred else { return }
    try await closeCutOff()
    guard !vault.isLocked else { return }
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      guard let maps = try kept.present() else { return [(id: String, record: KeptRecord)]() }
      var found: [(id: String, record: KeptRecord)] = []
      let records = try maps.records().filter { $0.kind == .deferred }
      for holder in Set(records.map { KeptHolder(caller: $0.caller, useCase: $0.useCase) }) {
        found += try await maps.objects(of: .deferred, for: holder)
      }
      return found.sorted { $0.record.created.milliseconds < $1.record.created.milliseconds }
    }
    let items = found.compactMap { id, record in RequestID(id).map { DeferredQueue.Item($0, record) } }
    for item in items { deferred.restore(item) }
    deferred.isWhole.set()
  }

  /// Whether this gateway carries out what is on its data directory.
  var carriesOutDeferred: Bool { configuration.log.shards == nil }

  /// Begins to carry out what may be, as afterwork.
  package func carryOutDeferred() {
    while let (item, interruption) = nextDeferred() {
      // What stops the request itself is its answer; who deletes it, and the end of the gateway, end the work.
      afterwork.begin(stoppedBy: interruption) { [self] in await carryOut(item) }
    }
  }

  private func nextDeferred() -> (item: DeferredQueue.Item, interruption: Interruption)? {
    guard carriesOutDeferred, deferred.isWhole.isSet else { return nil }
    return deferred.take(most: limits.deferredAtOnce, at: clock.monotonic(), wall: clock.wall()) { name in
      let useCase = configuration.useCases.first { $0.id.name == name }
      let vendor = useCase.flatMap { admission.chain(of: $0, holding: []).first?.vendor.name }
      return (vendor ?? "", useCase?.deferral.map { Int64($0.patience) * 1_000 })
    }
  }

  /// Carries one out: everything is asked again, as when it came now.
  func carryOut(_ item: DeferredQueue.Item) async {
    do {
      try await carryOutOnce(item)
    } catch {
      // No key can be had, or the log takes nothing: nothing is lost by waiting.
      _ = keyFailure(error)
      putBack(item)
    }
  }

  private func carryOutOnce(_ item: DeferredQueue.Item) async throws {
    guard let opened = try await keptRequest(item.id, item.holder) else {
      // By a clock that was set back it is yet to come; else somebody has deleted it, or its time is over.
      guard clock.wall() >= item.since else { return putBack(item) }
      deferred.remove(item.id, clock.wall() >= item.expires ? .expired : .gone)
      return
    }
    deferred.name(item.id, opened.record.object)
    guard try await keptAnswer(item.id, item.holder) == nil else {
      // The process ended after its answer was kept.
      return try await finish(item, opened.record)
    }
    guard let request = DeferredRequest(opened.map, today: clock.today),
      let caller = configuration.callers.first(where: { $0.id.name == item.caller }),
      let useCase = admission.useCase(item.useCase, of: caller)
    else {
      // Nobody could fetch what came of it; its time ends it.
      return putBack(item)
    }
    let way = CarriedWay(isAged: item.isAged)
    var call = request.call(item.id, of: caller, for: useCase)
    call.priority = .batch
    call.way = way
    let reply = await stoppable(call)
    guard case .whole(var body) = reply.body else { return putBack(item) }
    defer { body.wipe() }
    guard deferred.isWanted(item.id), isFinal(reply, item) else {
      return putBack(item, asking: Pause.asked(in: reply.headers), failed: !reply.isForNow)
    }
    // What somebody has deleted meanwhile has no answer.
    guard try await keptRequest(item.id, item.holder) != nil else {
      deferred.remove(item.id, clock.wall() >= item.expires ? .expired : .gone)
      return
    }
    let parties = way.parties ?? request.named
    let answer = DeferredAnswer(Self.fitting(reply, body, to: call), to: parties, by: way.taken)
    let base = await entryOfCarried(item.id, caller, from: request.client, useCase, about: parties)
    let settings = (useCase.deferral ?? DeferralSettings()).kept
    // What was taken is to be answered: the bounds hold where something is taken.
    let failure = await keep(
      KeptObject(answerOf: item.id), answer.bytes, for: item.holder, settings,
      within: KeptBounds(maps: .max, bytes: .max), saying: base)
    guard failure == nil else { return putBack(item, failed: true) }
    guard try await keptRequest(item.id, item.holder) != nil else {
      if let answer = try await keptAnswer(item.id, item.holder) { try await forget([answer.record], saying: base) }
      deferred.remove(item.id, .gone)
      return
    }
    try await finish(item, opened.record, saying: base)
  }

  /// Lets one wait again: as long as is asked for, or longer each time, and never until it is over.
  private func putBack(_ item: DeferredQueue.Item, asking asked: Int64? = nil, failed: Bool = false) {
    let pause = min(max(asked ?? 0, Self.pause(after: item.tries + 1)), Self.longestPause)
    deferred.putBack(item.id, for: pause, at: clock.monotonic(), failed: failed)
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

  /// Forgets a request that has its answer.
  private func finish(_ item: DeferredQueue.Item, _ record: KeptRecord, saying base: Entry? = nil) async throws {
    var entry = base ?? Entry(.mapDeleted, at: clock.timestamp, request: item.id)
    if base == nil { (entry.caller, entry.useCase) = (ConfiguredName(item.caller), ConfiguredName(item.useCase)) }
    try await forget([record], saying: entry)
    deferred.remove(item.id, .answered)
  }

  /// Whether an answer stands, or the request is carried out again.
  private func isFinal(_ reply: Reply, _ item: DeferredQueue.Item) -> Bool {
    if reply.isForNow { return false }
    return switch reply.status {
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

  /// How long one waits at most, in microseconds.
  private static let longestPause: Int64 = 300_000_000

  /// How long one waits that was tried so often in vain: five seconds, and twice as long each time.
  static func pause(after tries: Int) -> Int64 { min(longestPause, 5_000_000 << Int64(min(tries - 1, 6))) }

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

extension Reply {
  /// Whether it may be otherwise a little later.
  fileprivate var isForNow: Bool { [408, 409, 429, 503].contains(status) }
}
