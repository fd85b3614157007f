package import Ciphers
import Storage
import Synchronization

/// The time in which what was sealed for one subject may be opened, for one reader.
///
/// Only `Vault.withClear` makes one, and it is over when that returns: nothing is opened outside of a request.
package final class ClearScope: Sendable {
  private struct State {
    var isOver = false
    var began: ContinuousClock.Instant?
  }

  /// How many parts are announced at once: fewer than the vault keeps events that are in the log.
  private static let run = 1_000

  private let vault: Vault
  private let held: HeldSubject
  private let reader: String
  private let recording: @Sendable () async throws -> Void
  private let state = Mutex(State())

  init(_ vault: Vault, _ held: HeldSubject, reader: String, recording: @escaping @Sendable () async throws -> Void) {
    self.vault = vault
    self.held = held
    self.reader = reader
    self.recording = recording
  }

  /// What sealed parts say, each sealed for its own place; nil where the subject's key does not open one.
  ///
  /// The log has an event for each before any is opened.
  package func open(_ parts: [(part: SealedPart, context: [UInt8])]) async throws -> [[UInt8]?] {
    var texts: [[UInt8]?] = []
    for first in stride(from: 0, to: parts.count, by: ClearScope.run) {
      let run = Array(parts[first..<min(parts.count, first + ClearScope.run)])
      try await announce(run.map { _ in held.tag })
      texts += ClearScope.opened(run, held.sealer.key)
    }
    return texts
  }

  /// What parts say that are sealed under the keys of members of the workforce, each named by its subject's tag: who it
  /// was that had to do with the scope's subject; nil where it was nobody of the workforce, or the key is gone.
  ///
  /// The log has an event for each before any is opened.
  package func open(
    ofWorkforce parts: [(subject: Digest, part: SealedPart, context: [UInt8])]
  ) async throws -> [[UInt8]?] {
    var people: [Digest: HeldSubject] = [:]
    for tag in Set(parts.map(\.subject)) { people[tag] = try await vault.workforce(tagged: tag) }
    let places = parts.indices.filter { people[parts[$0].subject] != nil }
    var texts = [[UInt8]?](repeating: nil, count: parts.count)
    for first in stride(from: 0, to: places.count, by: ClearScope.run) {
      let run = Array(places[first..<min(places.count, first + ClearScope.run)])
      try await announce(run.map { parts[$0].subject })
      for place in run {
        guard let held = people[parts[place].subject] else { continue }
        texts[place] = ClearScope.opened([(parts[place].part, parts[place].context)], held.sealer.key)[0]
      }
    }
    return texts
  }

  /// What one sealed part says.
  package func open(_ part: SealedPart, context: [UInt8]) async throws -> [UInt8] {
    try await announce([held.tag])
    return try ClearScope.opened(part, context, held.sealer.key)
  }

  private func announce(_ tags: [Digest]) async throws {
    guard !state.withLock(\.isOver) else { throw VaultError(.forbidden) }
    try vault.checkUnlocked()
    let events = tags.map { vault.event(.dataDecrypted, object: $0.description, people: [reader]) }
    try await vault.tellAll(events)
    try await recording()
    try await vault.checkRecorded(events)
    try vault.checkUnlocked()
    try state.withLock { state throws(VaultError) in
      guard !state.isOver else { throw VaultError(.forbidden) }
      if state.began == nil { state.began = .now }
    }
  }

  /// Ends the time, and tells for how long anything was in the clear.
  fileprivate func end() async throws -> Duration {
    let began = state.withLock { state in
      state.isOver = true
      return state.began
    }
    guard let began else { return .zero }
    let time = began.duration(to: .now)
    let microseconds = Int(time / .microseconds(1))
    let event = vault.event(.dataWiped, object: "\(held.tag):\(microseconds)", people: [reader])
    try await vault.tellAll([event])
    try await recording()
    try await vault.checkRecorded([event])
    return time
  }

  // Not inlined: the throws of the cipher end in here (see the invariant of `Agreement`).
  @inline(never)
  private static func opened(
    _ parts: [(part: SealedPart, context: [UInt8])], _ key: borrowing SubjectKey
  ) -> [[UInt8]?] {
    var texts: [[UInt8]?] = []
    for (part, context) in parts { texts.append(try? key.open(part, context: context)) }
    return texts
  }

  @inline(never)
  private static func opened(
    _ part: SealedPart, _ context: [UInt8], _ key: borrowing SubjectKey
  ) throws(CipherError) -> [UInt8] {
    try key.open(part, context: context)
  }
}

extension Vault {
  /// What `body` makes of what was sealed for a subject, and for how long that was in the clear.
  ///
  /// The log has each event before `reader`, a pseudonym, is shown anything: `recording` brings the vault's events there,
  /// and throws when it does not take them. When `body` returns, nothing can be opened any more.
  package func withClear<Value: Sendable>(
    _ reference: SubjectReference, for reader: String, recording: @escaping @Sendable () async throws -> Void,
    _ body: @escaping @Sendable (ClearScope) async throws -> Value
  ) async throws -> (value: Value, time: Duration) {
    let scope = ClearScope(self, try await subject(reference, create: false), reader: reader, recording: recording)
    let outcome: Result<Value, any Error>
    do {
      outcome = .success(try await body(scope))
    } catch {
      outcome = .failure(error)
    }
    let time = try await scope.end()
    return (try outcome.get(), time)
  }

  /// Throws `unrecorded` unless the log has each of these events, as the vault's own notes under codes say.
  package func checkRecorded(_ events: [VaultEvent]) async throws(VaultError) {
    let evidence = try await box(.evidence)
    let isRecorded = try Vault.stored {
      try store.read { database in
        try events.allSatisfy { try Outbox.find($0.id, evidence, database)?.entry != nil }
      }
    }
    guard isRecorded else { throw VaultError(.unrecorded) }
  }

  /// Puts events of what happened outside the database into the outbox, all or none.
  func tellAll(_ events: [VaultEvent]) async throws(VaultError) {
    let evidence = try await box(.evidence)
    try change(evidence) { database in
      for event in events { try Outbox.put(event, evidence, database) }
    }
  }
}
