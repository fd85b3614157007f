import Glibc

/// The two operations whose failure ends a ledger, so that a test can make them fail.
package struct Disk: Sendable {
  /// Called before each write of a batch: the error number to fail with, or 0 to write.
  package var failureOfWrite: @Sendable () -> Int32
  /// Called before each synchronisation of a batch: the error number to fail with, or 0 to synchronise.
  package var failureOfSynchronisation: @Sendable () -> Int32

  /// A disk that fails when these say so.
  package init(
    failureOfWrite: @escaping @Sendable () -> Int32 = { 0 },
    failureOfSynchronisation: @escaping @Sendable () -> Int32 = { 0 }
  ) {
    self.failureOfWrite = failureOfWrite
    self.failureOfSynchronisation = failureOfSynchronisation
  }

  /// The disk as it is.
  package static let real = Disk()

  func write(_ bytes: Span<UInt8>, to file: borrowing File) throws(LedgerError) {
    let number = failureOfWrite()
    guard number == 0 else { throw LedgerError(.system(.write), number: number) }
    try file.write(bytes)
  }

  func synchronise(_ file: borrowing File) throws(LedgerError) {
    let number = failureOfSynchronisation()
    guard number == 0 else { throw LedgerError(.system(.synchronise), number: number) }
    try file.synchroniseContent()
  }
}
