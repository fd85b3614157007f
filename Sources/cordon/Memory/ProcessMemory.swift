import CMemory
import Gateway
import Glibc
import Logging

/// What becomes of the memory of a process that holds patients and keys (45 CFR 164.312(a)(2)(iv)).
enum ProcessMemory {
  /// Overwrites what is let go of, forbids dumps, and keeps the pages out of the swap space as far as `settings` want it.
  static func protect(_ settings: MemorySettings, _ logger: Logger) throws {
    cordon_wipe_what_is_freed()
    let dumps = cordon_forbid_dumps()
    guard dumps == 0 else {
      throw CommandFailure(.unavailable, "core dumps cannot be forbidden: \(words(dumps))")
    }
    guard settings.lock != .none, let reason = lock() else { return }
    let help = "give the service `LimitMEMLOCK=infinity` (`ulimit -l unlimited`) or the capability CAP_IPC_LOCK"
    guard settings.lock == .preferred else {
      throw CommandFailure(.unavailable, "`memory.lock` is `required`, and \(reason)\nhelp: \(help)")
    }
    logger.warning("the memory is not locked, and may be written to the swap space: \(reason); \(help)")
  }

  /// Locks the memory; the reason why not.
  ///
  /// Under a bound, what is allocated later would fail when it is reached, and the gateway with it: then nothing is locked.
  private static func lock() -> String? {
    var bound = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &bound) == 0 else {
      return "how much may be locked is not known: \(words(errno))"
    }
    guard bound.rlim_cur == rlim_t.max || mayLockAnything else {
      return "no more than \(bound.rlim_cur >> 10) KiB may be locked (RLIMIT_MEMLOCK)"
    }
    let failure = cordon_lock_memory()
    return failure == 0 ? nil : "it cannot be locked: \(words(failure))"
  }

  /// Whether the process has the capability CAP_IPC_LOCK (capabilities(7)).
  private static var mayLockAnything: Bool {
    let status = TextFile.contents(of: "/proc/self/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
      let capabilities = line.split(whereSeparator: \.isWhitespace).last.flatMap({ UInt64($0, radix: 16) })
    else { return false }
    return capabilities & (1 << 14) != 0
  }

  private static func words(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0).lowercased() } ?? "error \(number)"
  }
}
