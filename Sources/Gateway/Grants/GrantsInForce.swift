import Ledger
import PHI
import Synchronization

/// Which of a configuration's grants are in force: those that nobody has removed and whose last day is not over.
///
/// Every request looks at the stamp of the file with what was removed, and at the day; the rest is looked at again only
/// when one of them is another. What cannot be read leaves nobody anything.
package final class GrantsInForce: Sendable {
  private let path: String?
  private let data: String?
  private let configuration: Configuration
  /// What the configuration grants, removed or not.
  package let all: [Grant: GrantTerms]
  private let whole: PolicyInForce?
  private let now: @Sendable () -> Int64
  private let state: Mutex<State>
  /// Whether anything is not in force: most of the time nothing is asked further.
  private let lacks = Flag(false)

  private struct State {
    var stamp: FileStamp?
    var today: CalendarDate?
    var removals = RemovalsInForce()
    var fault: FileFault?
    var pseudonyms: [String: Pseudonym] = [:]
    var lapsed: [Grant: GrantLapse] = [:]
    var policy: PolicyInForce?
    /// How often what is in force has changed.
    var generation = 0
  }

  /// The grants of a configuration, as the file of a data directory and the day leave them.
  ///
  /// Without a directory nothing is ever removed. What `former` knew of people and of the file is known still.
  init(
    _ configuration: Configuration, _ policy: PolicyInForce?, data: String?, after former: GrantsInForce? = nil,
    now: @escaping @Sendable () -> Int64
  ) {
    self.configuration = configuration
    self.data = data
    self.now = now
    path = data.map { "\($0)/\(RemovedGrants.file)" }
    all = configuration.grants
    whole = policy
    var state = State()
    if let former {
      former.state.withLock {
        (state.pseudonyms, state.stamp, state.removals) = ($0.pseudonyms, $0.stamp, $0.removals)
        (state.fault, state.generation) = ($0.fault, $0.generation + 1)
      }
    }
    state.policy = policy
    self.state = Mutex(state)
    look()
  }

  /// Takes up what was removed and what has ended since the last look.
  func look() {
    let today = CalendarDate(secondsSinceEpoch: now() / 1_000)
    var stamp: FileStamp?
    var fault: FileFault?
    do throws(FileFault) {
      stamp = try path.flatMap { path throws(FileFault) in try FileStamp.of(path) }
    } catch {
      fault = error
    }
    state.withLock { state in
      guard fault != nil || state.fault != nil || state.stamp != stamp || state.today != today else { return }
      if fault == nil {
        do throws(FileFault) {
          // Whoever gives something back leaves a file: one that is gone was taken away.
          if stamp == nil, state.stamp != nil, let path {
            // It may have come since the look above.
            stamp = try FileStamp.of(path)
            if stamp == nil { throw FileFault.gone }
          }
          if let data { state.removals.take(try RemovedGrants.read(data: data), at: now()) }
          state.stamp = stamp
        } catch {
          fault = error
        }
      }
      (state.fault, state.today) = (fault, today)
      settle(&state)
    }
  }

  /// Takes up the pseudonyms by which people are called in what was removed.
  func know(_ pseudonyms: [String: Pseudonym]) {
    state.withLock { state in
      guard state.pseudonyms != pseudonyms else { return }
      state.pseudonyms = pseudonyms
      settle(&state)
    }
  }

  /// Gives back what has left the file and the log says is restored.
  func release(_ restored: [ConfiguredName: RemovalsInForce.Withheld]) {
    guard !restored.isEmpty else { return }
    state.withLock { state in
      state.removals.release(restored)
      settle(&state)
    }
  }

  private func settle(_ state: inout State) {
    let lapsed = lapses(state)
    guard lapsed != state.lapsed else { return }
    state.lapsed = lapsed
    state.policy = whole?.leaving(lapsed, of: configuration)
    state.generation += 1
    lacks.set(!lapsed.isEmpty)
  }

  private func lapses(_ state: State) -> [Grant: GrantLapse] {
    if let fault = state.fault { return all.mapValues { _ in .unreadable(fault) } }
    if state.removals.restore?.holds == true { return all.mapValues { _ in .unsettled } }
    guard let today = state.today else { return [:] }
    return all.lapsed(Set(state.removals.all.keys), state.pseudonyms, on: today)
  }

  /// How often what is in force has changed.
  var generation: Int { state.withLock(\.generation) }

  /// The policies, told of people as what is in force leaves them; nil where there are none.
  var policy: PolicyInForce? { lacks.isSet ? state.withLock(\.policy) : whole }

  /// What was removed, and the pseudonyms of people by which that calls them.
  var removed: (removals: [ConfiguredName: RemovedGrants.Removal], pseudonyms: [String: Pseudonym]) {
    state.withLock { ($0.removals.all, $0.pseudonyms) }
  }

  /// The restore after which nobody has anything until somebody settles what is granted; nil where there is none.
  var holdingRestore: RemovedGrants.Restore? {
    state.withLock { state in state.removals.restore.flatMap { $0.holds ? $0 : nil } }
  }

  /// The same as what the file has and what has left it.
  var removals: RemovalsInForce { state.withLock(\.removals) }

  /// Whether the file is gone, and whether this process has ever read it.
  var isLost: (now: Bool, afterReading: Bool) { state.withLock { ($0.fault == .gone, $0.stamp != nil) } }

  /// What the configuration grants and is not in force, and why.
  package var lapsed: [Grant: GrantLapse] { state.withLock(\.lapsed) }

  /// Why something is not granted; nil when it is, or when the configuration does not know it.
  func lapse(of grant: Grant) -> GrantLapse? { lacks.isSet ? state.withLock { $0.lapsed[grant] } : nil }

  /// Why a caller may not use a use case that the configuration grants it; nil when it may.
  func refusal(of caller: ConfiguredID<Caller>, using useCase: ConfiguredID<UseCase>) -> Refusal? {
    lapse(of: Grant(.caller(caller), .useCase(useCase)))?
      .refusal(of: "the access of caller `\(caller)` to use case `\(useCase)`")
  }

  /// Why a use case may not call a tool that the configuration grants it; nil when it may.
  func refusal(of useCase: ConfiguredID<UseCase>, calling tool: String, at server: ConfiguredID<Vendor>) -> Refusal? {
    // The tool's name may have come with a request: it is not said.
    lapse(of: Grant(.useCase(useCase), .tool(tool, at: server)))?
      .refusal(of: "the access of use case `\(useCase)` to this tool of `\(server)`")
  }

  /// The tools of a server that a use case may call.
  func leaving(_ access: ToolAccess, of server: ConfiguredID<Vendor>, to useCase: ConfiguredID<UseCase>) -> ToolAccess {
    guard lacks.isSet else { return access }
    let lapsed = lapsed
    var access = access
    access.tools = access.tools.filter { lapsed[Grant(.useCase(useCase), .tool($0, at: server))] == nil }
    return access
  }
}

extension PolicyInForce {
  /// The same policies, told of people without what is not in force; nothing is taken away that is not granted.
  fileprivate func leaving(_ lapsed: [Grant: GrantLapse], of configuration: Configuration) -> PolicyInForce {
    guard !lapsed.isEmpty else { return self }
    var settings = settings
    var callers = configuration.callers
    for index in callers.indices {
      let holder = Grant.Holder.caller(callers[index].id)
      callers[index].roles = callers[index].roles.filter { lapsed[Grant(holder, .role($0))] == nil }
      callers[index].attests = callers[index].attests.filter { lapsed[Grant(holder, .attestation($0))] == nil }
      if lapsed[Grant(holder, .decisions)] != nil {
        settings.deciders = settings.deciders.filter { $0 != callers[index].id }
      }
    }
    if let users = settings.users {
      settings.users = Dictionary(
        uniqueKeysWithValues: users.map { user, roles in
          (user, roles.filter { lapsed[Grant(.user(user), .role($0))] == nil })
        })
    }
    return told(PolicyHouse(callers, settings), settings)
  }
}
