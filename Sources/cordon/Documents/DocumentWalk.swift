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
    mode(path, followingLinks: followingLinks) == S_IFDIR
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
      } else if mode(path, followingLinks: true) == S_IFREG {
        documents.append(Document(path: path, relativePath: relativePath + name, size: size(path)))
      }
    }
  }

  private static func mode(_ path: String, followingLinks: Bool) -> mode_t? {
    var status = stat()
    let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
    return result == 0 ? status.st_mode & S_IFMT : nil
  }

  private static func size(_ path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  private static func lastComponent(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name == ".." || name == "." ? "" : name
  }
}
