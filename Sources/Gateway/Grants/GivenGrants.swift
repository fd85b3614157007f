import Bytes
import Ledger

/// Which grants the log says were given and have not ended: a file of the data directory, so that a start with the same
/// configuration says nothing anew.
///
/// Without it everything counts as given anew, which is younger than it is: nothing is proposed for removal too early.
struct GivenGrants: Hashable, Sendable {
  private static let file = "grants.given"

  var ids: Set<ConfiguredName> = []

  init(_ ids: Set<ConfiguredName>) { self.ids = ids }

  /// What a data directory has; nothing where it cannot be read.
  init(data: String) {
    let content = try? SmallFile.content(at: "\(data)/\(Self.file)")
    let named = content.flatMap { try? JSONValue(parsing: $0) }?["given"]?.array ?? []
    ids = Set(named.compactMap { $0.string.flatMap { ConfiguredName($0) } })
  }

  /// Keeps what `record` makes of what a data directory has, once it has recorded the difference; nil leaves it.
  ///
  /// Nobody else reads it to change it meanwhile, here or in another process: each difference is recorded once.
  static func change(
    data: String, _ record: (GivenGrants) async throws -> GivenGrants?
  ) async throws {
    let path = "\(data)/\(Self.file)"
    let lock = try await withTaskExecutorPreference(BlockingThreads.shared) { try FileLock(path) }
    defer { withExtendedLifetime(lock) {} }
    guard let next = try await record(GivenGrants(data: data)) else { return }
    try SmallFile.replace(path, with: next.bytes)
  }

  private var bytes: [UInt8] {
    let named = ids.map(\.description).sorted().map { JSONValue.string($0) }
    return JSONValue.object([JSONMember("given", .array(named))]).bytes + [0x0A]
  }
}
