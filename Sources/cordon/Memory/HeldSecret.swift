import CMemory
import Ciphers
import Glibc
import Synchronization
import Vault

/// A secret that may be asked for again, and is in nobody's memory meanwhile.
///
/// One half is in this process' memory, the other in a file of the kernel's that has no name: neither says anything without
/// the other. A dump, the swap space or a scan of the process has half of it at most.
final class HeldSecret: Sendable {
  private let pad: [UInt8]
  private let file: Int32

  /// Holds these bytes; nil where the system has no such files.
  private init?(_ bytes: UnsafeRawBufferPointer) {
    var random = SystemRandomNumberGenerator()
    pad = [UInt8](randomCount: bytes.count, using: &random)
    var other = unsafe zip(bytes, pad).map { $0 ^ $1 }
    file = unsafe other.withUnsafeBytes { unsafe cordon_file_outside_memory($0.baseAddress, $0.count) }
    other.wipe()
    guard file >= 0 else { return nil }
  }

  deinit {
    if file >= 0 { close(file) }
  }

  /// The secret, for whoever wipes it.
  private var bytes: [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: pad.count)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
    guard count == pad.count else { return nil }
    for place in bytes.indices { bytes[place] ^= pad[place] }
    return bytes
  }

  /// The variables of the environment that were taken out of it; a process has one environment.
  private static let taken = Mutex<[String: HeldSecret]>([:])

  /// The value of a variable, which is in the environment no more; nil when there is none.
  ///
  /// It is gone from there also when the system has no file for it: that is an error, for a secret that has to be asked
  /// for again would have to stay in memory.
  static func variable(_ name: String) throws(VaultError) -> [UInt8]? {
    let found: Result<[UInt8]?, VaultError> = taken.withLock { taken in
      if let held = taken[name] { return held.bytes.map { .success($0) } ?? .failure(.outOfReach) }
      guard let text = unsafe getenv(name) else { return .success(nil) }
      let count = unsafe strlen(text)
      let held = unsafe HeldSecret(UnsafeRawBufferPointer(start: text, count: count))
      let number = errno
      unsafe explicit_bzero(text, count)
      unsafe unsetenv(name)
      guard let held else { return .failure(VaultError(.system, number: Int64(number))) }
      taken[name] = held
      return held.bytes.map { .success($0) } ?? .failure(.outOfReach)
    }
    return try found.get()
  }
}

extension VaultError {
  /// The file of a held secret cannot be read any more.
  fileprivate static var outOfReach: VaultError { VaultError(.system, number: Int64(EIO)) }
}
