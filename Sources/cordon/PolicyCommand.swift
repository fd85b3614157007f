import ArgumentParser
import Bytes
import Policy

/// `cordon policy`: what the policies say, and why.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check, try and explain Cedar policies.",
    subcommands: [
      PolicyInitCommand.self, PolicyProposeCommand.self, PolicyCheckCommand.self, PolicyAuthorizeCommand.self,
      PolicyExplainCommand.self, PolicyTestCommand.self,
      PolicySimulateCommand.self, PolicyReplayCommand.self, PolicyDiffCommand.self, PolicyMeasureCommand.self,
      PolicyCorpusCommand.self,
    ])
}

/// The policies, entities and schema that a command works with.
struct PolicyFiles: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The policies, as Cedar text or JSON.", valueName: "file"))
  var policies: String

  @Option(name: .long, help: ArgumentHelp("The entities, as JSON.", valueName: "file"))
  var entities: String?

  @Option(name: .long, help: ArgumentHelp("The schema, as Cedar text or JSON.", valueName: "file"))
  var schema: String?

  @Flag(name: .long, help: "Name each policy by its @id.")
  var named = false

  func readSchema() throws -> Schema? {
    try schema.map { path in try PolicyFile.read(path) { bytes throws(PolicyError) in try Schema(source: bytes) } }
  }

  func readPolicies(from path: String? = nil) throws -> PolicySet {
    try PolicyFile.read(path ?? policies) { bytes throws(PolicyError) in
      let set = try PolicySet(source: bytes)
      return try named ? set.namedByAnnotation() : set
    }
  }

  func readAuthorizer(from path: String? = nil) throws -> Authorizer {
    let set = try readPolicies(from: path)
    return try PolicyFile.naming(path ?? policies) { () throws(PolicyError) in try Authorizer(set) }
  }

  func readEntities(_ schema: Schema?) throws -> Entities {
    guard let entities else { return schema.map { Entities().adding(actionsOf: $0) } ?? Entities() }
    return try PolicyFile.read(entities) { bytes throws(PolicyError) in
      try Entities(json: JSONValue(policyDocument: bytes), schema: schema)
    }
  }
}

/// Reads files of policies, so that every refusal names the file.
enum PolicyFile {
  static func read<Content>(_ path: String, _ body: ([UInt8]) throws(PolicyError) -> Content) throws -> Content {
    guard let bytes = TextFile.contents(of: path) else { throw CommandFailure(.noInput, "cannot read `\(path)`") }
    return try naming(path) { () throws(PolicyError) in try body(bytes) }
  }

  static func naming<Content>(_ path: String, _ body: () throws(PolicyError) -> Content) throws -> Content {
    do throws(PolicyError) { return try body() } catch {
      throw CommandFailure(.unreadableInput, "`\(path)`: \(error)")
    }
  }
}

extension JSONValue {
  /// The value as one line of text.
  var line: String { String(decoding: bytes, as: UTF8.self) }
}
