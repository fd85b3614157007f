import Glibc

/// The names of what the folder at `path` holds, sorted, without `.` and `..`; nil, with the reason in `errno`, when
/// they cannot all be read.
package func folderNames(_ path: String) -> [String]? {
  guard let folder = unsafe opendir(path) else { return nil }
  defer { unsafe closedir(folder) }
  guard let place = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { return nil }
  var names: [String] = []
  while true {
    errno = 0
    guard let entry = unsafe readdir(folder) else {
      let reason = errno
      guard reason == 0 else {
        errno = reason
        return nil
      }
      return names.sorted()
    }
    // An entry is as long as its name: to copy a whole `dirent` would read past the end of the last one.
    let start = unsafe UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self)
    let name = unsafe String(cString: start)
    if name != ".", name != ".." { names.append(name) }
  }
}
