import ArgumentParser
import Gateway
import Glibc

/// Runs the command that the arguments name; exit codes are `cordon`'s own: 2 for bad usage, sysexits(3) for the rest.
@main
enum Main {
  static func main() async {
    Crash.silence()
    do {
      var command = try Cordon.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      StandardError.line("error: \(failure.message)")
      exit(failure.code.rawValue)
    } catch let failure as ListenFailure {
      StandardError.line("error: \(failure)")
      exit(CommandFailure.Code.unavailable.rawValue)
    } catch {
      guard Cordon.exitCode(for: error) == .validationFailure else { Cordon.exit(withError: error) }
      StandardError.line(Cordon.fullMessage(for: error))
      exit(2)
    }
  }
}
