import ArgumentParser
import Bytes
import Policy

/// `cordon policy simulate`: tells who would gain or lose what under other policies.
struct PolicySimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Tell which requests other policies would decide otherwise.",
    discussion: "It reads requests, one JSON object a line. Exits 0 when nothing would change, 1 otherwise.")

  @OptionGroup var files: PolicyFiles

  @Option(name: .long, help: ArgumentHelp("The policies that are proposed.", valueName: "file"))
  var proposed: String

  func run() throws {
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
