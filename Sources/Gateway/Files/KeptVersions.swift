package import Ciphers

/// The states that a file has had, which the log names by their hashes: each is kept as `<folder>/<SHA-256>.<ending>`, and none
/// is written over, so that a change never hides what was before (21 CFR 11.10(e)).
package struct KeptVersions: Sendable {
  private let folder: String
  private let ending: String

  /// The states that are kept in a folder.
  package init(in folder: String, ending: String = "yaml") { (self.folder, self.ending) = (folder, ending) }

  /// The states of the configurations of a data directory.
  package static func configurations(data: String) -> KeptVersions { KeptVersions(in: "\(data)/configurations") }

  /// The states of the registry of agreements of a data directory.
  package static func agreements(data: String) -> KeptVersions { KeptVersions(in: "\(data)/agreements") }

  /// The sets of policies of a data directory.
  package static func policies(data: String) -> KeptVersions { KeptVersions(in: "\(data)/policies", ending: "json") }

  /// Keeps a state.
  func keep(_ content: [UInt8]) throws(FileFault) {
    try SmallFile.makeFolder(folder)
    let path = path(Digest(hashing: content.span))
    if try SmallFile.content(at: path) != content { try SmallFile.replace(path, with: content) }
  }

  /// The state with this hash; nil when it was never kept, `unreadable` when it is not what its hash says.
  package func content(_ digest: Digest) throws(ConfigurationError) -> [UInt8]? {
    let content: [UInt8]?
    do throws(FileFault) {
      content = try SmallFile.content(at: path(digest))
    } catch {
      throw ConfigurationError(.unreadable, at: folder, line: nil)
    }
    guard let content else { return nil }
    guard Digest(hashing: content.span) == digest else { throw ConfigurationError(.unreadable, at: folder, line: nil) }
    return content
  }

  private func path(_ digest: Digest) -> String { "\(folder)/\(digest).\(ending)" }
}
