import Bytes
package import Ledger

/// What somebody has stopped: a file of the data directory's folder `kill` for each name of a vendor, a model or a use
/// case.
///
/// That the file is there stops what has the name, whatever it says: a full disk has room for a name. Whether there is
/// one is asked anew for every request, so that nothing that is kept in memory can be out of date. What cannot be asked
/// stops everything. Whoever may delete files can delete one, too: it protects against a process that goes on, not
/// against a person who owns the machine.
package struct StopMarkers: Sendable {
  private let folder: String?

  /// The markers of a data directory; with none, nothing is ever stopped.
  package init(data: String?) { folder = data.map { "\($0)/kill" } }

  /// Why a use may not go on; nil when nobody has stopped it.
  func refusal(of use: VendorUse) -> Refusal? {
    guard let folder else { return nil }
    do throws(FileFault) {
      guard try SmallFile.exists(at: folder) else { return nil }
      for (name, words) in use.names {
        if try SmallFile.exists(at: "\(folder)/\(Self.file(name))") {
          return Refusal(.stoppedByOperator, "\(words) is stopped")
        }
      }
      return nil
    } catch {
      return Refusal(.stopsUnreadable, "what is stopped cannot be read (\(error))")
    }
  }

  /// The names that are stopped.
  package func names() throws(FileFault) -> Set<String> {
    guard let folder else { return [] }
    let files = try SmallFile.names(in: folder).filter { !$0.hasSuffix(Self.unfinished) }
    return Set(files.map(Self.name))
  }

  /// What is stopped, with who stopped it and why, in the order of the names.
  package func stops() throws(FileFault) -> [Stop] {
    guard let folder else { return [] }
    var stops: [Stop] = []
    for name in try names().sorted() {
      guard let content = try SmallFile.content(at: "\(folder)/\(Self.file(name))") else { continue }
      if let stop = Stop(name, content) { stops.append(stop) }
    }
    return stops
  }

  /// Stops whatever has the name of `stop`, in this and every other process that goes by the data directory.
  package func set(_ stop: Stop) throws(FileFault) {
    guard let folder else { return }
    try SmallFile.makeFolder(folder)
    let path = "\(folder)/\(Self.file(stop.name.description))"
    try SmallFile.touch(path)
    // It is stopped from here on; who did it and why is written as far as there is room.
    try? SmallFile.replace(path, with: stop.content)
  }

  /// What the marker of a name says; nil when it is not stopped.
  package func content(of name: ModelName) throws(FileFault) -> [UInt8]? {
    guard let folder else { return nil }
    return try SmallFile.content(at: "\(folder)/\(Self.file(name.description))")
  }

  /// Lets what has the name go on; false when it was not stopped.
  package func lift(_ name: ModelName) throws(FileFault) -> Bool {
    guard let folder else { return false }
    return try SmallFile.remove("\(folder)/\(Self.file(name.description))")
  }

  private static let unfinished = ".new"

  /// The file for a name: the name itself, where it can be one.
  ///
  /// No name has a `%`, and no file's name a `/`.
  private static func file(_ name: String) -> String {
    guard name.utf8.contains(0x2F) || name.utf8.first == 0x2E || name.hasSuffix(unfinished) else { return name }
    return name.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F") + "%"
  }

  private static func name(_ file: String) -> String {
    guard file.utf8.last == 0x25 else { return file }
    return String(file.dropLast()).replacing("%2F", with: "/")
  }
}

extension VendorUse {
  /// The names by which it can be stopped, with words for each.
  fileprivate var names: [(String, String)] {
    let places = [(vendor.id.name, "vendor `\(vendor.id)`"), (useCase.id.name, "use case `\(useCase.id)`")]
    return places + (model.map { [($0.description, "model `\($0)`")] } ?? [])
  }
}
