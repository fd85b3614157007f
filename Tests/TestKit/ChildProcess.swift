import Foundation
import Glibc

/// Another program, started by a test.
///
/// Foundation's `Process` reads past the end of what it is given when it counts the open files of the process that
/// starts another (swift-corelibs-foundation, pull request 5472), and ends it now and then.
public final class ChildProcess: Sendable {
  /// Why a program could not be started, by the system's number.
  public struct Unstartable: Error {
    let number: Int32
  }

  /// How a program ended.
  public struct Ending: Sendable {
    /// Its exit status; 128 and the number of the signal that ended it.
    public let status: Int32
    /// What it printed, errors among it.
    public let output: [UInt8]
    /// What it printed, as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
  }

  private let identifier: pid_t

  /// Starts the program at `path`, with these variables or those of the tests.
  ///
  /// It reads the file `input`; the file `output`, which is made, receives what it prints, errors among it.
  public init(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil, reading input: String = "/dev/null",
    printingTo output: String = "/dev/null"
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var variables = unsafe (environment ?? [:]).map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe variables.forEach { unsafe free($0) } }
    var identifier = pid_t()
    let number =
      if environment == nil {
        unsafe posix_spawn(&identifier, path, &actions, &attributes, &words, environ)
      } else {
        unsafe posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
      }
    guard number == 0 else { throw Unstartable(number: number) }
    self.identifier = identifier
  }

  /// Sends it a signal.
  public func signal(_ number: Int32) { kill(identifier, number) }

  /// Its exit status, once it has ended; to be asked for once.
  @discardableResult
  public func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 {
      guard errno == EINTR else { return -1 }
    }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  /// Runs the program at `path` to its end, in `folder` or where the tests work, and gives it `input` to read.
  public static func run(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil, in folder: String? = nil,
    typing input: String = ""
  ) throws -> Ending {
    let files = try TemporaryFolder()
    let (typed, printed) = ("\(files.path)/typed", "\(files.path)/printed")
    try Data(input.utf8).write(to: URL(filePath: typed))
    let command = folder.map { ["/usr/bin/env", "-C", $0, path] } ?? [path]
    let child = try ChildProcess(
      command[0], command.dropFirst() + arguments, environment: environment, reading: typed, printingTo: printed)
    let status = child.wait()
    return Ending(status: status, output: Array(try Data(contentsOf: URL(filePath: printed))))
  }
}
