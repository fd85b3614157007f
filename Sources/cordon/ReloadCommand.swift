import ArgumentParser
import Gateway
import Glibc

/// `cordon reload`: lets a running gateway read its configuration again.
struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Put a changed configuration in force without a restart.",
    discussion: """
      The file is checked first; then the gateway that runs on its data folder reads it (SIGHUP does the same). Running
      requests end under what they began with. A file that the gateway refuses changes nothing.
      """)

  @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config = "cordon.yaml"

  func run() async throws {
    let configuration: Configuration
    do {
      configuration = try Assembly.configuration(at: config)
    } catch let error as ConfigurationError {
      throw CommandFailure(.badConfiguration, "\(config): \(error)")
    }
    let folder = configuration.logDirectory
    guard let before = ServeState.read(in: folder), Self.isCordon(before.process), kill(before.process, SIGHUP) == 0
    else {
      throw CommandFailure(.unavailable, "no gateway runs on `\(folder)`")
    }
    for _ in 0..<300 {
      try await Task.sleep(for: .milliseconds(100))
      guard let now = ServeState.read(in: folder), now.loads > before.loads else { continue }
      if let reason = now.refused { throw CommandFailure(.badConfiguration, "\(config) was refused: \(reason)") }
      print("in force: \(now.configuration)")
      if !now.fixed.isEmpty { print("needs a restart: \(now.fixed.joined(separator: ", "))") }
      for line in now.dead ?? [] { print("grants nothing: \(line)") }
      return
    }
    throw CommandFailure(.unavailable, "the gateway on `\(folder)` did not answer within 30 seconds")
  }

  /// Whether the process is one of ours still: its number may have gone to another.
  private static func isCordon(_ process: pid_t) -> Bool {
    guard process > 0, let name = TextFile.contents(of: "/proc/\(process)/comm") else { return false }
    return String(decoding: name, as: UTF8.self).hasPrefix("cordon")
  }
}
