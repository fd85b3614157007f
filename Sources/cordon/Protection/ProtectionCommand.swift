import ArgumentParser
import Bytes
import Gateway

/// `cordon protection`: what protects each store and each operation, and where something is missing.
struct ProtectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protection", abstract: "Show what protects each store and operation of a configuration.",
    discussion: """
      Each place in which PHI, keys, credentials or metadata lie, pass or are worked with, with the mechanism that \
      protects it under this configuration, and the gaps: places whose protection is not what the policy asks for. \
      Permissions of the files that the configuration names are looked up. It ends with 1 when there is a gap.

      `--policy` names a YAML file with rules of your own, such as `keys: {at_rest: [pkcs11-token, aes-key-wrap]}`; what \
      it does not mention stays as it is.
      """)

  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "cordon.yaml"

  @Option(name: .long, help: ArgumentHelp("Rules in place of the standard ones.", valueName: "file"))
  var policy: String?

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run() throws {
    let map = ProtectionMap(try Assembly.goodConfiguration(at: config))
    let rules = try policy.map { try ProtectionCommand.policy(in: $0) } ?? .standard
    let checked = map.places.map { ($0, rules.gap($0)) }
    let gaps = checked.filter { $0.1 != nil }.count
    if json {
      let places = checked.map { place, gap -> JSONValue in
        [
          "class": .string(place.content.rawValue), "operation": .string(place.operation.rawValue),
          "place": .string(place.place),
          "mechanisms": .array(place.mechanisms.map(\.rawValue).sorted().map { .string($0) }),
          "source": .string(place.source), "gap": gap.map { .string($0) } ?? .null,
        ]
      }
      let report: JSONValue = ["places": .array(places), "gaps": .integer(gaps)]
      StandardOutput.line(String(decoding: report.bytes, as: UTF8.self))
    } else {
      let rows = checked.map { place, _ in
        [place.content.rawValue, place.operation.rawValue, place.place, place.protection]
      }
      let columns = ["class", "operation", "place", "protection"].map { TextTable.Column.words($0) }
      StandardOutput.line(TextTable(columns, rows).text(.terminal))
      StandardOutput.line("\ngaps: \(gaps == 0 ? "none" : String(gaps))")
      for (place, gap) in checked {
        guard let gap else { continue }
        let source = place.source.isEmpty ? "" : " (`\(place.source)`)"
        StandardOutput.line("  \(place.content.rawValue) \(place.operation.rawValue): \(place.place)\(source): \(gap)")
      }
    }
    if gaps > 0 { throw ExitCode(1) }
  }

  private static func policy(in path: String) throws -> ProtectionPolicy {
    guard let text = TextFile.contents(of: path) else { throw CommandFailure(.noInput, "\(path): cannot be read") }
    do throws(ProtectionPolicy.Failure) {
      return try ProtectionPolicy(yaml: String(decoding: text, as: UTF8.self))
    } catch {
      let line = error.line.map { ":\($0)" } ?? ""
      throw CommandFailure(.badConfiguration, "\(path)\(line): \(error.what)")
    }
  }
}
