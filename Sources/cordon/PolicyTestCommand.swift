import ArgumentParser
import Bytes
import Policy

/// `cordon policy test`: compares decisions with those expected.
struct PolicyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Compare decisions with those that a file of requests expects.",
    discussion: """
      Each line of the file is a request with expect, which is allow or deny, and perhaps reason, a list of policies.
      Exits 0 when every decision is as expected, 1 otherwise.
      """)

  @OptionGroup var files: PolicyFiles

  @Argument(help: ArgumentHelp("The requests, one JSON object a line.", valueName: "file"))
  var cases: String

  func run() throws {
    let schema = try files.readSchema()
    let authorizer = try files.readAuthorizer()
    let entities = try files.readEntities(schema)
    let lines = try PolicyFile.read(cases) { bytes throws(PolicyError) in bytes.split(separator: 0x0A) }
    var wrong = 0
    for (index, line) in lines.enumerated() {
      let (json, request) = try PolicyFile.naming("\(cases): line \(index + 1)") { () throws(PolicyError) in
        let json = try JSONValue(policyDocument: Array(line))
        return (json, try AccessRequest(json: json, schema: schema))
      }
      let decision = authorizer.decide(request, entities)
      let reasons = json["reason"]?.array?.compactMap(\.string).sorted()
      let found = decision.reasons.map(\.string).sorted()
      guard json["expect"]?.string != decision.effect.rawValue || reasons.map({ $0 != found }) == true else { continue }
      wrong += 1
      StandardOutput.line("line \(index + 1): \(decision.effect.rawValue) \(found.joined(separator: " "))")
    }
    StandardOutput.line("\(lines.count) requests, \(wrong) decided otherwise than expected")
    guard wrong == 0 else { throw ExitCode(1) }
  }
}
