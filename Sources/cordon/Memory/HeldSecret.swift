import CMemory
import Ciphers
import Glibc
import Synchronization

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

  deinit { close(file) }

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
  static func variable(_ name: String) -> [UInt8]? {
    taken.withLock { taken in
      if let held = taken[name] { return held.bytes }
      guard let text = unsafe getenv(name) else { return nil }
      let count = unsafe strlen(text)
      let value = unsafe UnsafeRawBufferPointer(start: text, count: count)
      guard let held = unsafe HeldSecret(value) else { return unsafe [UInt8](value) }
      taken[name] = held
      unsafe explicit_bzero(text, count)
      unsafe unsetenv(name)
      return held.bytes
    }
  }
}
