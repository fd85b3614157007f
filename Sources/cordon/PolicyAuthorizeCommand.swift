import ArgumentParser
import Bytes
import Policy

/// `cordon policy authorize`: decides requests, one JSON object a line.
struct PolicyAuthorizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorize", abstract: "Decide requests, one JSON object a line in, one a line out.",
    discussion: """
      A request has principal, action and resource, each with type and id, and perhaps a context. The answer has
      decision, reason and errors; or error, when the request cannot be decided.
      """)

  @OptionGroup var files: PolicyFiles

  func run() throws {
    let schema = try files.readSchema()
    let authorizer = try files.readAuthorizer()
    let entities = try files.readEntities(schema)
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      do throws(PolicyError) {
        let request = try AccessRequest(json: JSONValue(policyDocument: Array(line.utf8)), schema: schema)
        StandardOutput.line(authorizer.decide(request, entities).json.line)
      } catch {
        StandardOutput.line((["error": .string(error.description)] as JSONValue).line)
      }
    }
  }
}
