import ArgumentParser
import Bytes
import Gateway
import PHI

/// `cordon vendor check`: what is missing before a vendor may be sent anything.
struct VendorCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say for each vendor what is missing, and for how long it is covered.",
    discussion: """
      It asks what the gateway asks for each use case, model and operation of the configuration. It ends with 0 when \
      nothing is missing, with 1 when something is, and with 3 when nothing is missing yet but an agreement, one of a \
      subcontractor or an attestation runs out within --within days.
      """)

  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "cordon.yaml"

  @Argument(help: ArgumentHelp("Only these vendors.", valueName: "vendor"))
  var vendors: [String] = []

  @Option(name: .long, help: ArgumentHelp("Tell what runs out within so many days.", valueName: "days"))
  var within = 30

  @Option(name: .long, help: ArgumentHelp("Check as of this day (default: today, UTC).", valueName: "day"))
  var on: CalendarDate?

  @Flag(name: .long, help: "Print one JSON object a vendor.")
  var json = false

  func run() throws {
    let configuration = try Assembly.goodConfiguration(at: config)
    for name in vendors where !configuration.vendors.contains(where: { $0.id.name == name }) {
      throw CommandFailure(.noInput, "\(config) has no vendor `\(name)`")
    }
    let registry: AgreementRegistry
    do throws(ConfigurationError) {
      registry = try AgreementRegistry(data: configuration.dataDirectory)
    } catch {
      throw CommandFailure(
        .unreadableInput, "\(configuration.dataDirectory)/\(AgreementRegistry.file): \(error)")
    }
    let checks = VendorCheck.all(configuration, registry, on: on ?? VendorClock.today, within: within)
    let asked = checks.filter { vendors.isEmpty || vendors.contains($0.vendor.id.name) }
    for check in asked { StandardOutput.line(json ? check.object : check.text) }
    if asked.contains(where: { !$0.missing.isEmpty }) { throw ExitCode(1) }
    if asked.contains(where: { !$0.endings.isEmpty }) { throw ExitCode(3) }
  }
}

extension VendorCheck {
  /// The check as text: a line for the vendor, one for each thing that is missing or runs out.
  fileprivate var text: String {
    let cover = agreement.map { ", \($0.id) in force to \($0.expires), \($0.daysLeft(from: today)) days" } ?? ""
    let covered = missing.isEmpty ? "covered" : isCoveredInPart ? "covered in part" : "not covered"
    let state = vendor.isOutside ? covered : "inside"
    var lines = ["\(vendor.id): \(state)\(cover)"]
    for gap in missing {
      let law = gap.refusal.rule.paragraph.map { " (45 CFR \($0))" } ?? ""
      lines.append("  missing: \(gap.refusal.rule.rawValue)\(law): \(gap.refusal.fact)")
      lines.append("    for \(gap.uses.joined(separator: ", "))")
      lines.append("    help: \(gap.refusal.rule.help)")
    }
    for ending in endings { lines.append("  runs out: \(ending)") }
    return lines.joined(separator: "\n")
  }

  fileprivate var object: String {
    let object: JSONValue = [
      "vendor": .string(vendor.id.name), "covered": .bool(missing.isEmpty),
      "agreement": agreement.map { .string($0.id.name) } ?? .null,
      "expires": agreement.map { .string("\($0.expires)") } ?? .null,
      "days": agreement.map { .integer($0.daysLeft(from: today)) } ?? .null,
      "missing": .array(
        missing.map { gap in
          [
            "rule": .string(gap.refusal.rule.rawValue),
            "paragraph": gap.refusal.rule.paragraph.map { .string($0) } ?? .null,
            "fact": .string(gap.refusal.fact), "for": .array(gap.uses.map { .string($0) }),
          ]
        }),
      "runs_out": .array(endings.map { .string($0) }),
    ]
    return String(decoding: object.bytes, as: UTF8.self)
  }
}
