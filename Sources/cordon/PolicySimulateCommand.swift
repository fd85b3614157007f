import ArgumentParser
import Bytes
import Gateway
import Policy

/// `cordon policy simulate`: tells who would gain or lose what under other policies.
struct PolicySimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Tell which requests other policies would decide otherwise.",
    discussion: """
      With --config it asks the requests again that the log of a data directory tells of, of the last day or of --days, \
      and tells who would gain or lose what. With --policies it reads requests, one JSON object a line, and compares two \
      sets. Exits 0 when nothing would change, 1 otherwise.
      """)

  @OptionGroup var log: PolicyReplayOptions

  @Option(name: .long, help: ArgumentHelp("The policies in force, for requests in lines.", valueName: "file"))
  var policies: String?

  @Option(name: .long, help: ArgumentHelp("The entities, as JSON.", valueName: "file"))
  var entities: String?

  @Option(name: .long, help: ArgumentHelp("The schema, as Cedar text or JSON.", valueName: "file"))
  var schema: String?

  @Flag(name: .long, help: "Name each policy by its @id.")
  var named = false

  @Option(name: .long, help: ArgumentHelp("The policies that are proposed.", valueName: "file"))
  var proposed: String

  func validate() throws {
    guard (log.config == nil) != (policies == nil) else {
      throw ValidationError("Give --config for what the log tells of, or --policies for requests in lines.")
    }
  }

  func run() throws {
    if let config = log.config {
      var settings = PolicySettings(source: .path(proposed))
      (settings.schema, settings.entities) = (schema, entities)
      let text = try PolicyFile.sayingFault { () throws(PolicyFault) in try PolicyText.read(settings) }
      guard try !log.replay(text, config: config) else { throw ExitCode(1) }
      return
    }
    var files = PolicyFiles()
    (files.policies, files.entities, files.schema, files.named) = (policies ?? "", entities, self.schema, named)
    let schema = try files.readSchema()
    let current = try files.readAuthorizer()
    let proposal = try files.readAuthorizer(from: proposed)
    let entities = try files.readEntities(schema)
    var requests: [AccessRequest] = []
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      requests.append(
        try PolicyFile.naming("standard input") { () throws(PolicyError) in
          try AccessRequest(json: JSONValue(policyDocument: Array(line.utf8)), schema: schema)
        })
    }
    let simulation = Simulation(requests, from: current, to: proposal, entities)
    for (word, changes) in [("gains", simulation.gained), ("loses", simulation.lost)] {
      for change in changes {
        let request = requests[change.index]
        let reasons = change.after.reasons.map(\.string).joined(separator: " ")
        StandardOutput.line(
          "\(request.principal) \(word) \(request.action) on \(request.resource)"
            + (reasons.isEmpty ? "" : " by \(reasons)"))
      }
    }
    StandardOutput.line(
      "\(simulation.requests) requests: \(simulation.gained.count) gained, \(simulation.lost.count) lost, "
        + "\(simulation.otherwiseReasoned.count) for other reasons")
    guard simulation.gained.isEmpty, simulation.lost.isEmpty else { throw ExitCode(1) }
  }
}
