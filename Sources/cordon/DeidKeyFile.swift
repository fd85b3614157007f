import Bytes
import Ciphers
import Deidentification

/// The file with the secret from which the keys of projects come.
enum DeidKeyFile {
  /// The key of `project` by the secret in the file at `path`.
  static func key(of project: String, contentsOf path: String) throws -> ProjectKey {
    guard !project.isEmpty else { throw UsageFailure("a project has a name", help: "name it with `--project`") }
    guard var contents = TextFile.contents(of: path) else {
      throw CommandFailure(.unreadableInput, "cannot read `\(path)`")
    }
    while let last = contents.last, ASCII.isNewline(last) { contents.removeLast() }
    // INVARIANT: hexadecimal digits are half a byte each, so that 64 of them are the 32 bytes which a key needs.
    var secret = contents.count >= 64 ? Hex.decode(contents.span) ?? contents : contents
    contents.wipe()
    do throws(CipherError) {
      return try ProjectKey(SecretBytes(taking: &secret), project: project)
    } catch {
      throw UsageFailure(
        "the secret in `\(path)` is shorter than 32 bytes", help: "make one with `openssl rand -hex 32 > \(path)`")
    }
  }
}
