import Bytes
import Ciphers
import Ledger
import Providers
import Synchronization

/// Which model each vendor last said had answered, for each model that it was asked for: an alias that means another model
/// than before is a change that nobody here has made.
///
/// It is kept over restarts in a file of the data directory.
final class ServedModels: Sendable {
  static let file = "served-models"
  private static let most = 4_096

  /// What a vendor is asked for.
  struct Alias: Hashable, Sendable {
    let vendor: String
    let operation: String
    let model: String
  }

  private struct State {
    var served: [Alias: ModelName] = [:]
    var isChanged = false
    var changes = 0
  }

  private let state = Mutex(State())

  /// How often an alias has come to mean another model.
  var changes: Int { state.withLock(\.changes) }

  /// Notes who has answered; the one before, when it was another.
  func note(_ served: ModelName, for alias: Alias) -> ModelName? {
    state.withLock { state in
      let former = state.served[alias]
      guard former != served, former != nil || state.served.count < Self.most else { return nil }
      state.served[alias] = served
      state.isChanged = true
      if former != nil { state.changes += 1 }
      return former
    }
  }

  /// Forgets that an alias has come to mean another model, which could not be recorded: the next answer says it again.
  func takeBack(_ former: ModelName, for alias: Alias) {
    state.withLock { state in
      state.served[alias] = former
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
  func kept() -> [UInt8]? {
    state.withLock { state in
      guard state.isChanged else { return nil }
      state.isChanged = false
      let rows = state.served.map { alias, served -> [String] in
        [alias.vendor, alias.operation, alias.model, served.description]
      }
      let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
      return JSONValue.array(sorted.map { .array($0.map { .string($0) }) }).bytes + [0x0A]
    }
  }

  /// Says that what was last given to be kept was not.
  func keepAgain() { state.withLock { $0.isChanged = true } }

  /// Takes up what was kept; what is no such file is left.
  func restore(_ content: [UInt8]) {
    guard let rows = (try? JSONValue(parsing: content))?.array else { return }
    state.withLock { state in
      for row in rows.prefix(Self.most) {
        guard let cells = row.array?.compactMap(\.string), cells.count == 4, let served = ModelName(cells[3]) else {
          continue
        }
        state.served[Alias(vendor: cells[0], operation: cells[1], model: cells[2])] = served
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
  func keepServedModels() {
    guard let content = servedModels.kept() else { return }
    do {
      try SmallFile.replace(servedModelsFile, with: content)
    } catch {
      servedModels.keepAgain()
    }
  }

  /// Notes which model has answered on a route, and records that it is another than before.
  func noteServedModel(_ served: ModelName, on route: Admission.Route, of request: RequestID) async throws(LedgerError)
  {
    let operation = route.carriage.operation(for: route.operation).rawValue
    let alias = ServedModels.Alias(vendor: route.vendor.id.name, operation: operation, model: route.model.description)
    guard let former = servedModels.note(served, for: alias) else { return }
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
      servedModels.takeBack(former, for: alias)
      throw error
    }
  }
}
