import ArgumentParser
import Gateway

import class Foundation.FileManager

/// `cordon policy init`: writes the policies that Cordon brings along.
struct PolicyInitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write the default policies of a hospital, to begin with.",
    discussion: """
      It writes `hospital.cedar` and `hospital.cedarschema`; files that are there stay. The gateway takes the folder \
      as `policy.set`.
      """)

  @Argument(help: ArgumentHelp("The folder, made if it is not there.", valueName: "folder"))
  var folder: String

  func run() throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.outputFailed, "cannot make `\(folder)`")
    }
    let files = [("hospital.cedar", HospitalPolicies.policies), ("hospital.cedarschema", HospitalPolicies.schema)]
    for (name, _) in files where TextFile.contents(of: "\(folder)/\(name)") != nil {
      throw CommandFailure(.outputFailed, "`\(folder)/\(name)` is there already")
    }
    for (name, content) in files {
      try TextFile.write(content, to: "\(folder)/\(name)")
      StandardOutput.line("wrote \(folder)/\(name)")
    }
  }
}
