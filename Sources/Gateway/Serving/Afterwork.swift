import Synchronization

/// What goes on beside the requests that made it necessary: neither a client that goes away nor a connection that closes
/// ends it, and the gateway waits for it before it ends.
///
/// What a vendor has made is undone so when nobody is told of it. What somebody stops ends here, too.
package final class Afterwork: Sendable {
  private let state = Mutex(State())

  private struct State {
    var last = 0
    var tasks: [Int: Task<Void, Never>] = [:]
  }

  /// How much of it is under way.
  package var count: Int { state.withLock(\.tasks.count) }

  /// Begins some work, which `interruption` alone ends early.
  func begin(stoppedBy interruption: Interruption, _ work: @escaping @Sendable () async -> Void) {
    let task = state.withLock { state in
      state.last += 1
      let number = state.last
      let task = Task {
        await work()
        self.end(number)
      }
      state.tasks[number] = task
      return task
    }
    interruption.onStop { task.cancel() }
  }

  /// Does `work` to its end also when whoever waits for it goes away meanwhile, of which it is told.
  func finish<Value: Sendable>(
    stoppedBy interruption: Interruption, _ work: @escaping @Sendable (_ isAlone: Flag) async -> Value
  ) async -> Value {
    let isAlone = Flag(Task.isCancelled)
    // Nobody waits already: nothing need begin that would have to be undone.
    guard !isAlone.isSet else { return await work(isAlone) }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { done in
        begin(stoppedBy: interruption) { done.resume(returning: await work(isAlone)) }
      }
    } onCancel: {
      isAlone.set()
    }
  }

  /// Waits until nothing is under way; what takes longer is ended.
  package func drain(within limit: Duration) async {
    let alarm = Task {
      try await Task.sleep(for: limit)
      for task in self.state.withLock({ Array($0.tasks.values) }) { task.cancel() }
    }
    while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    alarm.cancel()
  }

  private func end(_ number: Int) { state.withLock { _ = $0.tasks.removeValue(forKey: number) } }
}
