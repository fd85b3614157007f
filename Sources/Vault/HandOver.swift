import Glibc

/// The right to hand the waiting events over, which one process has at a time.
///
/// It is a lock of the system's on a file beside the store, and ends with the process: a lease that ends in the middle
/// lets nobody else begin. `outbox.taken` is there from before the first event is handed over until all are noted; who
/// finds it does not know which events are in a log already, and has to look.
final class HandOver {
  private static let lock = "outbox.lock"
  private static let marker = "outbox.taken"

  /// Whether another hand-over ended before everything was noted.
  let wasBrokenOff: Bool
  private let folder: Folder
  private let descriptor: Int32
  private var isMarked: Bool

  /// Begins; nil while another process hands over.
  init?(_ folder: Folder) throws(VaultError) {
    let descriptor = unsafe open(folder.file(HandOver.lock), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      guard number == EWOULDBLOCK else { throw VaultError(.system, number: Int64(number)) }
      return nil
    }
    do throws(VaultError) {
      isMarked = try folder.contains(HandOver.marker)
    } catch {
      close(descriptor)
      throw error
    }
    wasBrokenOff = isMarked
    self.folder = folder
    self.descriptor = descriptor
  }

  /// Leaves word, on stable storage, that events are on their way.
  func begin() throws(VaultError) {
    guard !isMarked else { return }
    try folder.touch(HandOver.marker)
    isMarked = true
  }

  /// Everything that was handed over is noted.
  func finish() throws(VaultError) {
    guard isMarked else { return }
    try folder.remove(HandOver.marker)
    isMarked = false
  }

  /// Lets the next process begin.
  func end() { close(descriptor) }
}
