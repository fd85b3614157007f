import struct Foundation.Data
import class Foundation.FileManager

/// Small files such as configurations and credentials, read whole.
enum TextFile {
  /// The bytes of the file; nil when it cannot be read.
  static func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) }
  }

  /// The names of what a folder holds, in order; none when it cannot be read.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
