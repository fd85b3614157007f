import Detection

/// The folder in which a site keeps its lists.
enum SiteFolder {
  /// The lists in `folder`; what is no text file is passed over, a text file that is no list is a mistake.
  static func lists(in folder: String) throws -> SiteLists {
    let names = TextFile.names(in: folder).filter { $0.hasSuffix(".txt") }
    guard !names.isEmpty else {
      throw CommandFailure(
        .unreadableInput, "no lists in `\(folder)`\nhelp: put lists such as `staff.txt` or `keep.txt` there")
    }
    var files: [SiteLists.File] = []
    for name in names {
      guard let bytes = TextFile.contents(of: "\(folder)/\(name)") else {
        throw CommandFailure(.unreadableInput, "cannot read `\(folder)/\(name)`")
      }
      files.append(SiteLists.File(name: name, bytes: bytes))
    }
    do throws(SiteListsError) {
      return try SiteLists(files)
    } catch {
      throw CommandFailure(.unreadableInput, "in `\(folder)`: \(error)")
    }
  }
}
