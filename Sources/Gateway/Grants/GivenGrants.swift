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

  /// What a data directory has.
  init(data: String) throws(FileFault) {
    let content = try SmallFile.content(at: "\(data)/\(Self.file)")
    let named = content.flatMap { try? JSONValue(parsing: $0) }?["given"]?.array ?? []
    ids = Set(named.compactMap { $0.string.flatMap { ConfiguredName($0) } })
  }

  /// Keeps it, when the log has it.
  ///
  /// Replicas may begin at once: one writes after the other.
  func keep(data: String) throws {
    let named = ids.map(\.description).sorted().map { JSONValue.string($0) }
    let content = JSONValue.object([JSONMember("given", .array(named))]).bytes + [0x0A]
    let path = "\(data)/\(Self.file)"
    try SmallFile.alone(path) { try SmallFile.replace(path, with: content) }
  }
}
