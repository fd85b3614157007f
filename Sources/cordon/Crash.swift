import Glibc

/// What a crash may leave behind: nothing of memory, which holds patients.
enum Crash {
  /// Lets a trap end the process at once: without the runtime's report, which prints what registers point at, and
  /// without a core file.
  static func silence() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { _ = signal(number, SIG_DFL) }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
  }
}
