import struct Foundation.Data
import class Foundation.FileManager
import class Foundation.NSNumber

/// Small files such as configurations and credentials, read whole.
enum TextFile {
  /// The bytes of the file; nil when it cannot be read.
  static func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) }
  }

  /// Writes a file whole, for its owner only.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(bytes), attributes: [.posixPermissions: NSNumber(value: 0o600)])
    else { throw CommandFailure(.outputFailed, "cannot write `\(path)`") }
  }

  /// The names of what a folder holds, in order; none when it cannot be read.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
