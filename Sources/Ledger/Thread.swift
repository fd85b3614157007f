import Glibc

/// Runs `body` on a thread of its own.
///
/// The ledger's writer waits for the disk; on one of the few threads that run Swift's tasks it would hold up the rest.
func startThread(_ body: sending @escaping () -> Void) throws(LedgerError) {
  final class Start {
    let body: () -> Void
    init(_ body: sending @escaping () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let start = unsafe Unmanaged.passRetained(Start(body))
  let status = unsafe pthread_create(
    &thread, nil,
    { context in
      guard let context = unsafe context else { return nil }
      let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
      start.body()
      return nil
    },
    start.toOpaque())
  guard status == 0 else {
    unsafe start.release()
    throw LedgerError(.system(.startThread), number: status)
  }
  pthread_detach(thread)
}

/// A bell that one thread waits for and others ring.
///
/// It is a pipe: the standard library has no condition variable yet that a `Sendable` type may hold.
struct Bell: ~Copyable, Sendable {
  private let ear: Int32
  private let hammer: Int32

  init() throws(LedgerError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .system(.create) }
    for end in ends where fcntl(end, F_SETFL, O_NONBLOCK) < 0 || fcntl(end, F_SETFD, FD_CLOEXEC) < 0 {
      throw .system(.create)
    }
    ear = ends[0]
    hammer = ends[1]
  }

  deinit {
    _ = close(ear)
    _ = close(hammer)
  }

  /// Wakes the thread that waits, or the next one that does.
  func ring() {
    var byte: UInt8 = 1
    // A full pipe is a bell that is ringing already.
    _ = unsafe write(hammer, &byte, 1)
  }

  /// Returns once the bell has been rung, or after `milliseconds`; a negative number waits for the bell alone.
  func wait(milliseconds: Int32) {
    var awaited = pollfd(fd: ear, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&awaited, 1, milliseconds) > 0 else { return }
    var bytes: (UInt64, UInt64) = (0, 0)
    _ = unsafe withUnsafeMutableBytes(of: &bytes) { unsafe read(ear, $0.baseAddress, $0.count) }
  }
}
