import ArgumentParser
import Bytes
import Policy

/// `cordon policy explain`: tells why requests are decided as they are.
struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell why requests, one JSON object a line, are decided as they are.",
    discussion: "It prints values of the request and its entities. A denial names the permits that come nearest.")

  @OptionGroup var files: PolicyFiles

  @Option(name: .long, help: ArgumentHelp("How many permits that come near to name.", valueName: "count"))
  var nearest = 3

  func run() throws {
    let schema = try files.readSchema()
    let authorizer = try files.readAuthorizer()
    let entities = try files.readEntities(schema)
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      let request = try PolicyFile.naming("standard input") { () throws(PolicyError) in
        try AccessRequest(json: JSONValue(policyDocument: Array(line.utf8)), schema: schema)
      }
      StandardOutput.line(authorizer.explain(request, entities, nearest: nearest).description)
    }
  }
}
