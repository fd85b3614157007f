import Ledger

/// The files of one log as they were at one moment: what is appended later is left out.
struct LogSnapshot {
  private static let checkpoint = "log/checkpoint"
  /// The key that the log is checked with, and what witnesses said of it.
  private static let small = ["keys/log.vkey", "log/cosigned", "log/witnesses"]

  /// Where the log is in the data directory: nothing, or a folder with a slash after it.
  let folder: String
  /// What its published checkpoint says.
  let log: Manifest.Log
  private let note: [UInt8]
  private let besides: [(name: String, content: [UInt8])]
  private let segments: [(name: String, size: UInt64)]
  private let blobs: [String]

  /// The log in a folder of a data directory as it is now; nil when it has published nothing.
  init?(_ folder: String, in data: LocalDirectory) throws(BackupError) {
    // INVARIANT: the checkpoints are read before the segments' lengths: what they cover is in them. A blob is written
    // before the entry that names it: blobs are listed last.
    guard let note = try LogSnapshot.content(folder + LogSnapshot.checkpoint, data) else { return nil }
    guard let log = Manifest.Log(note: note) else {
      throw BackupError(.log, name: folder + LogSnapshot.checkpoint)
    }
    var besides: [(String, [UInt8])] = []
    for name in LogSnapshot.small {
      if let content = try LogSnapshot.content(folder + name, data) { besides.append((folder + name, content)) }
    }
    var segments: [(String, UInt64)] = []
    for name in try data.files(below: folder + "log/segments") {
      guard let file = try LocalFile(reading: data.file(name)) else { throw BackupError(.missing, name: name) }
      segments.append((name, try file.size()))
    }
    guard !segments.isEmpty else { throw BackupError(.missing, name: folder + "log/segments") }
    (self.folder, self.log, self.note, self.besides, self.segments) = (folder, log, note, besides, segments)
    blobs = try data.files(below: folder + "log/blobs")
  }

  /// Adds the files to an archive.
  func add(to archive: inout ArchiveFile, from data: LocalDirectory) throws(BackupError) {
    try archive.add(folder + LogSnapshot.checkpoint, note)
    for (name, content) in besides { try archive.add(name, content) }
    for (name, size) in segments { try archive.add(name, from: data.file(name), size: size) }
    for name in blobs { try archive.add(name, from: data.file(name)) }
  }

  /// Whether the log has published nothing since.
  func isCurrent(in data: LocalDirectory) throws(BackupError) -> Bool {
    try LogSnapshot.content(folder + LogSnapshot.checkpoint, data) == note
  }

  static func content(_ name: String, _ data: LocalDirectory) throws(BackupError) -> [UInt8]? {
    guard let file = try LocalFile(reading: data.file(name)) else { return nil }
    return try file.read(1 << 16, at: 0)
  }
}

extension Manifest.Log {
  /// What the note of a published checkpoint says.
  init?(note: [UInt8]) {
    guard let end = note.indices.first(where: { note[$0...].starts(with: [0x0A, 0x0A]) }),
      let checkpoint = Checkpoint(text: Array(note[...end]))
    else { return nil }
    self.init(size: checkpoint.size, root: checkpoint.root)
  }
}
