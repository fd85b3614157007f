import Bytes

/// The name of a file inside an archive: parts of `A-Z a-z 0-9 . _ -` joined by `/`, 100 bytes at most.
///
/// No such name leads out of the directory that an archive is unpacked into.
struct ArchiveName: Hashable, Sendable, Comparable, LosslessStringConvertible {
  static let longest = 100

  let description: String

  init?(_ text: String) {
    let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard text.utf8.count <= ArchiveName.longest, parts.allSatisfy(ArchiveName.isPart) else { return nil }
    description = text
  }

  /// The directories that the file is in, outermost first.
  var directories: [String] {
    let parts = description.split(separator: "/").dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  static func < (left: ArchiveName, right: ArchiveName) -> Bool { left.description < right.description }

  private static func isPart(_ part: Substring.UTF8View) -> Bool {
    guard let first = part.first, first != 0x2D else { return false }
    return !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
      && part.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }
}
