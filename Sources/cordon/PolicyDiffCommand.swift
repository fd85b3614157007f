import ArgumentParser
import Policy

/// `cordon policy diff`: tells how one set of policies differs from another.
struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Tell which policies one file has more, less, or otherwise than another.",
    discussion: "Policies are told apart by their @id. Exits 0 when there is no difference, 1 otherwise.")

  @Argument(help: ArgumentHelp("The policies.", valueName: "file")) var first: String
  @Argument(help: ArgumentHelp("The other policies.", valueName: "file")) var second: String

  func run() throws {
    let (before, after) = (try read(first), try read(second))
    let difference = before.difference(to: after)
    for id in difference.added { StandardOutput.line("+ \(id)") }
    for id in difference.removed { StandardOutput.line("- \(id)") }
    for id in difference.changed { StandardOutput.line("! \(id)") }
    guard difference.added.isEmpty, difference.removed.isEmpty, difference.changed.isEmpty else { throw ExitCode(1) }
  }

  private func read(_ path: String) throws -> PolicySet {
    try PolicyFile.read(path) { bytes throws(PolicyError) in try PolicySet(source: bytes).namedByAnnotation() }
  }
}
