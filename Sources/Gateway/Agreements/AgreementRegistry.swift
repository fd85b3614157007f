package import Ciphers
import Synchronization

/// The registry of agreements that a gateway goes by: a file of the data directory, read again when it has changed.
///
/// A file that is no registry changes nothing: what was in force stays so until its own last day.
package final class AgreementRegistry: Sendable {
  /// The name of the file in the data directory.
  package static let file = "agreements.yaml"
  private let path: String?
  private let state: Mutex<State>

  private struct State {
    var list = AgreementList()
    var stamp: FileStamp?
    var generation = 0
  }

  /// What became of the file.
  package enum Change: Hashable, Sendable {
    /// It was read: the hashes of what was in force and of what is.
    case taken(before: Digest, after: Digest)
    /// It is not taken, and why.
    case refused(ConfigurationError)
  }

  /// A registry without a file.
  package init(_ list: AgreementList = AgreementList()) {
    path = nil
    state = Mutex(State(list: list))
  }

  /// The registry of a data directory; one without a file is empty.
  package init(data: String) throws(ConfigurationError) {
    let path = "\(data)/\(Self.file)"
    self.path = path
    // The stamp comes first: a file that changes after it is read again.
    let stamp = Self.stamp(of: path)
    state = Mutex(State(list: try Self.list(at: path), stamp: stamp))
  }

  /// What is in force now.
  package var list: AgreementList { state.withLock(\.list) }

  /// How often it has changed.
  var generation: Int { state.withLock(\.generation) }

  /// Reads the file again if it has changed; nil when it has not.
  package func refresh() -> Change? {
    guard let path else { return nil }
    return state.withLock { state -> Change? in
      let stamp = Self.stamp(of: path)
      guard stamp != state.stamp else { return nil }
      state.stamp = stamp
      do throws(ConfigurationError) {
        let list = try Self.list(at: path)
        guard list != state.list else { return nil }
        let before = state.list.digest
        state.list = list
        state.generation += 1
        return .taken(before: before, after: list.digest)
      } catch {
        return .refused(error)
      }
    }
  }

  /// The list in a file; an empty one when there is no file.
  package static func list(at path: String) throws(ConfigurationError) -> AgreementList {
    let content: [UInt8]?
    do throws(FileFault) {
      content = try SmallFile.content(at: path)
    } catch {
      throw ConfigurationError(.unreadable, at: file, line: nil)
    }
    guard let content else { return AgreementList() }
    return try AgreementList(yaml: String(decoding: content, as: UTF8.self))
  }

  /// Changes the file while no other process does: what it said before and after.
  package static func change(
    at path: String, _ body: (inout AgreementList) throws -> Void
  ) throws -> (before: AgreementList, after: AgreementList) {
    try SmallFile.alone(path) {
      let before = try list(at: path)
      var after = before
      try body(&after)
      if after != before {
        for list in [before, after] { try keep(list, beside: path) }
        try SmallFile.replace(path, with: Array(after.yaml.utf8))
      }
      return (before, after)
    }
  }

  /// Keeps what is in force now as a version of its own.
  func keepVersion() throws(FileFault) {
    if let path { try Self.keep(list, beside: path) }
  }

  /// Keeps what a registry says: nothing that was agreed is ever overwritten, and the log names each version by its hash.
  private static func keep(_ list: AgreementList, beside path: String) throws(FileFault) {
    if !list.entries.isEmpty { try versions(beside: path).keep(Array(list.yaml.utf8)) }
  }

  /// The version of the registry in a file with this hash; nil when it was never kept, `unreadable` when it is not what
  /// its hash says.
  package static func version(_ digest: Digest, ofFileAt path: String) throws(ConfigurationError) -> AgreementList? {
    guard let content = try versions(beside: path).content(digest) else { return nil }
    return try AgreementList(yaml: String(decoding: content, as: UTF8.self))
  }

  private static func versions(beside path: String) -> KeptVersions {
    KeptVersions(in: path.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: "."))
  }

  private static func stamp(of path: String) -> FileStamp? { try? FileStamp.of(path) }
}
