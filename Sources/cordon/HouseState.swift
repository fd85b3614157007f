import Gateway
import Synchronization

/// The configuration in force, and what was loaded for it.
final class HouseState: Sendable {
  private let state: Mutex<(configuration: Configuration, readers: Readers)>

  init(_ configuration: Configuration, _ readers: Readers) { state = Mutex((configuration, readers)) }

  var configuration: Configuration { state.withLock(\.configuration) }
  var readers: Readers { state.withLock(\.readers) }

  func replace(by configuration: Configuration, _ readers: Readers) { state.withLock { $0 = (configuration, readers) } }
}
