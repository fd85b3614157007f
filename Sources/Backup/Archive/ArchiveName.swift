import Bytes

/// The name of a file inside an archive: parts of `A-Z a-z 0-9 . _ - % + : @` joined by `/`, 100 bytes at most; or more,
/// with 155 bytes of directories and 100 of the file at most.
///
/// No such name leads out of the directory that an archive is unpacked into.
struct ArchiveName: Hashable, Sendable, Comparable, LosslessStringConvertible {
  static let longest = 100
  static let longestFolder = 155

  let description: String

  init?(_ text: String) {
    let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard parts.allSatisfy(ArchiveName.isPart) else { return nil }
    description = text
    let (folder, file) = fields
    guard folder.utf8.count <= ArchiveName.longestFolder, file.utf8.count <= ArchiveName.longest else { return nil }
  }

  /// What stands in the fields for the directories and for the name; the first is empty when the second takes all.
  var fields: (folder: String, file: String) {
    guard description.utf8.count > ArchiveName.longest, let slash = description.lastIndex(of: "/") else {
      return ("", description)
    }
    return (String(description[..<slash]), String(description[description.index(after: slash)...]))
  }

  /// The name that two fields spell; nil when they spell none.
  init?(folder: String, file: String) { self.init(folder.isEmpty ? file : "\(folder)/\(file)") }

  /// The directories that the file is in, outermost first.
  var directories: [String] {
    let parts = description.split(separator: "/").dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  static func < (left: ArchiveName, right: ArchiveName) -> Bool { left.description < right.description }

  private static func isPart(_ part: Substring.UTF8View) -> Bool {
    guard let first = part.first, first != 0x2D else { return false }
    return !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
      && part.allSatisfy { ASCII.isAlphanumeric($0) || ".-_%+:@".utf8.contains($0) }
  }
}
