import Foundation
import Glibc

/// The documents that paths name: files as they are, directories with all that is below them.
///
/// Links to directories are not followed, so that a walk ends; files whose names begin with a dot are documents too.
enum DocumentWalk {
  /// Every document at `paths`, in the order of the paths and of names below them; `report` is told what cannot be
  /// listed.
  static func documents(at paths: [String], report: (FileFailure) -> Void) -> [Document] {
    guard !paths.isEmpty else { return [.standardInput] }
    var documents: [Document] = []
    for path in paths {
      if path == "-" {
        documents.append(.standardInput)
      } else if isDirectory(path, followingLinks: true) {
        let prefix = paths.count > 1 ? lastComponent(path) + "/" : ""
        walk(path, relativePath: prefix, into: &documents, report: report)
      } else {
        documents.append(Document(path: path, relativePath: lastComponent(path), size: size(path)))
      }
    }
    return documents
  }

  static func isDirectory(_ path: String, followingLinks: Bool) -> Bool {
    FileStatus(path, followingLinks: followingLinks)?.kind == .directory
  }

  private static func walk(
    _ directory: String, relativePath: String, into documents: inout [Document], report: (FileFailure) -> Void
  ) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    } catch {
      report(.reading(directory, EACCES))
      return
    }
    for name in names {
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      if isDirectory(path, followingLinks: false) {
        walk(path, relativePath: relativePath + name + "/", into: &documents, report: report)
      } else if let status = FileStatus(path) {
        guard status.kind == .file else { continue }
        documents.append(Document(path: path, relativePath: relativePath + name, size: size(path)))
      } else {
        report(.reading(path, ENOENT))
      }
    }
  }

  private static func size(_ path: String) -> Int? {
    FileStatus(path).flatMap { $0.kind == .file ? $0.size : nil }
  }

  private static func lastComponent(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name == ".." || name == "." ? "" : name
  }
}
