import Foundation

/// What the file system says of a path.
struct FileStatus {
  /// What kind of thing is there.
  enum Kind { case file, directory, other }

  let kind: Kind
  /// How many bytes a file has.
  let size: Int
  let identity: FileIdentity

  /// The status of what is at `path`; nil when there is nothing.
  init?(_ path: String, followingLinks: Bool = true) {
    let target = followingLinks ? URL(filePath: path).resolvingSymlinksInPath().path : path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
      let device = attributes[.systemNumber] as? Int, let number = attributes[.systemFileNumber] as? Int
    else { return nil }
    kind =
      switch attributes[.type] as? FileAttributeType {
      case .typeRegular: .file
      case .typeDirectory: .directory
      default: .other
      }
    size = attributes[.size] as? Int ?? 0
    identity = FileIdentity(device: device, number: number)
  }
}

/// What identifies a file whatever it is called.
struct FileIdentity: Hashable {
  fileprivate let device: Int
  fileprivate let number: Int
}

extension FileIdentity {
  /// The file or directory at `path`; nil when there is none.
  init?(_ path: String) {
    guard let status = FileStatus(path) else { return nil }
    self = status.identity
  }
}
