/// Writes an archive in the `ustar` form, which every `tar` reads.
struct ArchiveWriter {
  /// Two blocks of zeros end an archive.
  static let endBlocks = 2

  private var left: UInt64 = 0
  private var padding = 0

  /// Begins a file of `size` bytes.
  mutating func begin(
    _ name: ArchiveName, size: UInt64, time: UInt64, into output: inout [UInt8]
  ) throws(BackupError) {
    precondition(left == 0, "the last file is not whole")
    guard size <= ArchiveHeader.longest else { throw BackupError(.tooLong, name: name.description) }
    output += ArchiveHeader(name: name, size: size, time: time).bytes
    left = size
    padding = ArchiveHeader.padding(after: size)
  }

  /// Takes in more of the file.
  mutating func append(_ bytes: [UInt8], into output: inout [UInt8]) {
    precondition(bytes.count <= left, "the file is longer than it was said to be")
    output += bytes
    left -= UInt64(bytes.count)
    guard left == 0 else { return }
    output.append(contentsOf: repeatElement(0, count: padding))
    padding = 0
  }

  /// Ends the archive.
  func finish(into output: inout [UInt8]) {
    precondition(left == 0, "the last file is not whole")
    output.append(contentsOf: repeatElement(0, count: ArchiveWriter.endBlocks * ArchiveHeader.byteCount))
  }
}
