import Glibc

/// Who but its owner may read a file or folder that the configuration names.
enum FileReach {
  case absent, ownerOnly, others

  init(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      self = .absent
      return
    }
    self = status.st_mode & 0o077 == 0 ? .ownerOnly : .others
  }

  /// The folder of a file.
  static func ofFolder(_ path: String) -> FileReach {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return FileReach(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
  }

  func mechanisms(whenAbsent absent: Set<Mechanism>) -> Set<Mechanism> {
    switch self {
    case .absent: absent
    case .ownerOnly: [.fileMode]
    case .others: []
    }
  }
}
