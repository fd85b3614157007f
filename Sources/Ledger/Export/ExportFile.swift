import Bytes
import Glibc

/// A file that grows by the log's records, a line each.
///
/// It is opened for each piece: whoever rotates such files may move it away at any time.
package struct ExportFile: Hashable, Sendable {
  private let path: String

  /// The file at `path`, whose folder must be there.
  package init(_ path: String) { self.path = path }

  /// Appends lines, each with its line feed, and returns when they are on stable storage.
  ///
  /// What follows the last line feed is cut off first: it is what a crash or a full disk left of a line, and its record
  /// comes again.
  package func append(_ lines: [[UInt8]]) throws(LedgerError) {
    let isNew = try File.status(of: path) == nil
    let file = try File(opening: path, O_RDWR | O_CREAT | O_APPEND)
    let size = try file.status().size
    let whole = try ExportFile.wholeLength(of: file, size)
    if whole < size { try file.truncate(to: whole) }
    var bytes: [UInt8] = []
    for line in lines { bytes.append(contentsOf: line) }
    try file.write(bytes.span)
    try file.synchroniseContent()
    if isNew { try ExportFile.folder(of: path).synchronise() }
  }

  /// How many bytes there are up to the last line feed.
  private static func wholeLength(of file: borrowing File, _ size: UInt64) throws(LedgerError) -> UInt64 {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var end = size
    while end > 0 {
      let start = end - min(end, UInt64(buffer.count))
      var count = 0
      while count < Int(end - start) {
        let got = try file.read(Int(end - start) - count, at: start + UInt64(count), into: &buffer, at: count)
        guard got > 0 else { throw .system(.read) }
        count += got
      }
      if let last = buffer[..<count].lastIndex(of: 0x0A) { return start + UInt64(last) + 1 }
      end = start
    }
    return 0
  }

  private static func folder(of path: String) -> Directory {
    guard let slash = path.lastIndex(of: "/") else { return Directory(".") }
    return Directory(slash == path.startIndex ? "/" : String(path[..<slash]))
  }
}
