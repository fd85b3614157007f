import ArgumentParser
import Glibc

/// Runs the command that the arguments name; exit codes are `cordon`'s own: 2 for bad usage, sysexits(3) for the rest.
@main
enum Main {
  static func main() async {
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
    } catch  where Cordon.exitCode(for: error) == .validationFailure {
      StandardError.line(Cordon.fullMessage(for: error))
      exit(2)
    } catch {
      Cordon.exit(withError: error)
    }
  }
}
