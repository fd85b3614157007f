import ArgumentParser
import Policy

/// `cordon policy check`: says whether policies can be read and fit a schema.
struct PolicyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that policies can be read, and that they fit a schema.",
    discussion: "Exits 0 when all is well, 1 when a policy does not fit the schema, 65 when a file cannot be read.")

  @OptionGroup var files: PolicyFiles

  func run() throws {
    let schema = try files.readSchema()
    let set = try files.readPolicies()
    _ = try files.readEntities(schema)
    let count = set.policies.count + set.templates.count
    guard let schema else {
      StandardOutput.line("\(count) policies read; no schema to check them against")
      return
    }
    let faults = try PolicyFile.naming(files.policies) { () throws(PolicyError) in
      try Validator(schema).faults(in: set)
    }
    for fault in faults { StandardOutput.line(fault.description) }
    StandardOutput.line("\(count) policies, \(Set(faults.map(\.policy)).count) that do not fit the schema")
    guard faults.isEmpty else { throw ExitCode(1) }
  }
}
