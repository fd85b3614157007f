import ArgumentParser
import Ciphers
import Gateway
import Policy
import Vault

/// `cordon policy propose`: the first of two signatures under a set of policies.
struct PolicyProposeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose", abstract: "Propose a set of policies, for another person to approve.",
    discussion: """
      The set is checked against its schema and kept in the data directory under its hash. Another person approves the \
      proposal (`cordon vault approve`), and `cordon vault carry-out` adopts it; a gateway whose configuration has \
      `policy.set: adopted` takes it with `cordon reload`.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file of policies, or a folder whose files end in `.cedar`; without it, those that Cordon brings along.",
      valueName: "path"))
  var policies: String?

  @Option(name: .long, help: ArgumentHelp("The schema; without it, that of Cordon's own policies.", valueName: "file"))
  var schema: String?

  @Option(name: .long, help: ArgumentHelp("Entities that the policies know, as JSON.", valueName: "file"))
  var entities: String?

  @Option(name: .long, help: ArgumentHelp("For how many hours the second person may approve.", valueName: "hours"))
  var hours: Int64 = 24

  func run() async throws {
    guard (1...168).contains(hours) else { throw ValidationError("A proposal is open for 1 to 168 hours.") }
    var settings = PolicySettings(source: policies.map(PolicySettings.Source.path) ?? .hospital)
    (settings.schema, settings.entities) = (schema, entities)
    let text = try PolicyFile.sayingFault { () throws(PolicyFault) in try PolicyText.read(settings) }
    _ = try PolicyFile.sayingFault { () throws(PolicyFault) in try text.checked() }
    let place = try options.place()
    if let configuration = place.configuration {
      _ = try PolicyFile.sayingFault { () throws(PolicyFault) in try PolicyInForce(text, for: configuration) }
    }
    try PolicyFile.sayingFault { () throws(PolicyFault) in try text.keep(data: place.data) }
    StandardOutput.line("set \(text.digest)")
    try await VaultProposing.propose(.adoptPolicy, text.digest.description, [:], hours: hours, options, person)
  }
}

extension PolicyFile {
  /// What `body` gives, or the failure that says why a set is not taken.
  static func sayingFault<Content>(_ body: () throws(PolicyFault) -> Content) throws -> Content {
    do throws(PolicyFault) { return try body() } catch { throw CommandFailure(.unreadableInput, "\(error)") }
  }
}
