import Bytes
import Ciphers
package import Ledger
import Providers
import Synchronization

/// Which model each vendor last said had answered, for each model that it was asked for: an alias that means another model
/// than before is a change that nobody here has made.
///
/// It is kept over restarts in a file of the data directory.
package final class ServedModels: Sendable {
  static let file = "served-models"
  private static let most = 4_096

  /// What a vendor is asked for.
  package struct Alias: Hashable, Sendable {
    package let vendor: String
    package let operation: String
    package let model: String

    /// A model by the name that a vendor is asked for it by.
    package init(vendor: String, operation: String, model: String) {
      self.vendor = vendor
      self.operation = operation
      self.model = model
    }
  }

  /// What an answer says of its alias.
  package enum Note: Equatable, Sendable {
    /// It means what it meant, or what it has meant shortly before.
    case known
    /// Nobody had answered before.
    case first
    /// It means another model than before, or than the one that is pinned.
    case changed(from: ModelName)
  }

  /// Who has answered for an alias, in the order of their last answers; never nobody.
  private struct Answering {
    var recent: [(model: ModelName, time: Int64)]
    /// The model that was pinned at the last answer.
    var pin: ModelName?

    private static let most = 8

    /// Whether more than are there can be known.
    var isOpen: Bool { recent.count < Self.most }

    /// While a vendor moves from one model to another, both answer: that is one change.
    private static let transition: Int64 = 3_600_000

    /// Takes in who has answered, as the last: the one before, when it has come to mean another model.
    mutating func take(_ served: ModelName, at now: Int64) -> Note {
      let last = recent.count - 1
      let former = recent[last].model
      guard former != served else {
        recent[last].time = now
        return .known
      }
      let before = recent.firstIndex { $0.model == served }.map { recent.remove(at: $0).time }
      recent.append((served, now))
      if recent.count > Self.most { recent.removeFirst() }
      return before.map { (0...Self.transition).contains(now - $0) } == true ? .known : .changed(from: former)
    }
  }

  private struct State {
    var served: [Alias: Answering] = [:]
    var isChanged = false
    var changes = 0
  }

  private let state = Mutex(State())
  private let writing = Mutex(())

  /// Nobody has answered yet.
  package init() {}

  /// How often an alias has come to mean another model.
  var changes: Int { state.withLock(\.changes) }

  /// Notes who has answered at a moment, in milliseconds of Unix time; while nobody has, it is the pinned one that is expected.
  package func note(
    _ served: ModelName, for alias: Alias, pinnedTo pin: ModelName? = nil, at now: Int64
  ) -> Note {
    state.withLock { state in
      let note: Note
      if var answering = state.served[alias] {
        state.isChanged = state.isChanged || answering.recent.last?.model != served || answering.pin != pin
        let taken = answering.take(served, at: now)
        // A pin that is set later is what is expected from then on.
        let isOtherThanPinned = answering.pin != pin && pin.map { $0 != served } == true
        note = taken == .known && isOtherThanPinned ? pin.map { .changed(from: $0) } ?? taken : taken
        answering.pin = pin
        state.served[alias] = answering
      } else {
        guard state.served.count < Self.most else { return .known }
        state.served[alias] = Answering(recent: [(served, now)], pin: pin)
        state.isChanged = true
        note = pin.map { $0 == served ? .first : .changed(from: $0) } ?? .first
      }
      if case .changed = note { state.changes += 1 }
      return note
    }
  }

  /// Forgets that an alias has come to mean another model, which could not be recorded: the next answer says it again.
  package func takeBack(_ served: ModelName, for alias: Alias) {
    state.withLock { state in
      state.served[alias]?.recent.removeAll { $0.model == served }
      if state.served[alias]?.recent.isEmpty == true { state.served[alias] = nil }
      state.changes -= 1
    }
  }

  /// The sample, in the text exposition format of Prometheus.
  func page() -> String {
    var page = MetricsPage()
    page.family("cordon_model_changes_total", .counter, "Times that a vendor answered by another model than before.") {
      $0.sample([], changes)
    }
    return page.text
  }

  /// What there is to keep, when it is another than the last time.
  package func kept() -> [UInt8]? {
    state.withLock { state in
      guard state.isChanged else { return nil }
      state.isChanged = false
      let rows = state.served.flatMap { alias, answering in
        answering.recent.enumerated().map { place, one in
          (
            order: [alias.vendor, alias.operation, alias.model, "\(place)"],
            row: [alias.vendor, alias.operation, alias.model, one.model.description, "\(one.time)"]
              + (answering.pin.map { [$0.description] } ?? [])
          )
        }
      }
      let sorted = rows.sorted { $0.order.lexicographicallyPrecedes($1.order) }
      return JSONValue.array(sorted.map { .array($0.row.map { .string($0) }) }).bytes + [0x0A]
    }
  }

  /// Writes what there is to keep; what could not be written is written the next time.
  func keep(in file: String) {
    // Of two that write, the one that comes later writes what is newer.
    writing.withLock { _ in
      guard let content = kept() else { return }
      do {
        try SmallFile.replace(file, with: content)
      } catch {
        state.withLock { $0.isChanged = true }
      }
    }
  }

  /// Takes up what was kept; what is no such file is left.
  package func restore(_ content: [UInt8]) {
    guard let rows = (try? JSONValue(parsing: content))?.array else { return }
    state.withLock { state in
      for row in rows {
        // Before it was known when a model had answered, rows had four cells; the sixth is what is pinned.
        guard let cells = row.array?.compactMap(\.string), (4...6).contains(cells.count),
          let served = ModelName(cells[3])
        else { continue }
        let one = (model: served, time: max(0, cells.count > 4 ? Int64(cells[4]) ?? 0 : 0))
        let alias = Alias(vendor: cells[0], operation: cells[1], model: cells[2])
        var answering = state.served[alias] ?? Answering(recent: [])
        guard !answering.recent.isEmpty || state.served.count < Self.most, answering.isOpen else { continue }
        answering.recent.append(one)
        answering.pin = cells.count > 5 ? ModelName(cells[5]) : nil
        state.served[alias] = answering
      }
    }
  }
}

extension Gateway {
  private var servedModelsFile: String { "\(dataDirectory)/\(ServedModels.file)" }

  /// Takes up which models had answered before a restart.
  func takeServedModels() {
    if let content = try? SmallFile.content(at: servedModelsFile) { servedModels.restore(content) }
  }

  /// Writes which models have answered, if that has changed.
  func keepServedModels() { servedModels.keep(in: servedModelsFile) }

  /// Notes which model has answered on a route, and records that it is another than before.
  ///
  /// That a name means another model is kept when it is recorded: whatever ends the process, it is told, and told once.
  func noteServedModel(_ served: ModelName, on route: Admission.Route, of request: RequestID) async throws(LedgerError)
  {
    let operation = route.carriage.operation(for: route.operation)
    let alias = ServedModels.Alias(
      vendor: route.vendor.id.name, operation: operation.rawValue, model: route.model.description)
    let pin = route.vendor.pin(of: route.model, for: operation)
    switch servedModels.note(served, for: alias, pinnedTo: pin, at: clock.wall()) {
    case .known: return
    case .first: break
    case .changed(let former):
      var entry = Entry(.modelChanged, at: clock.timestamp, request: request)
      entry.vendor = route.vendor.id.recorded
      entry.model = route.model
      entry.servedModel = served
      entry.object = ConfiguredName("\(former)..\(served)") ?? ConfiguredName(served.description)
      entry.before = Digest(hashing: Array(former.description.utf8).span)
      entry.after = Digest(hashing: Array(served.description.utf8).span)
      do {
        try await record(entry)
      } catch {
        servedModels.takeBack(served, for: alias)
        throw error
      }
    }
    await keepServedModelsAtOnce()
  }

  private func keepServedModelsAtOnce() async {
    await withTaskExecutorPreference(BlockingThreads.shared) { keepServedModels() }
  }
}
