import ArgumentParser
import Bytes
import Ciphers
import Gateway
import PHI

/// `cordon vendor list`: the agreements there are.
struct VendorListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the agreements with vendors, and how long they run.",
    discussion: "With --config also those that stand in the configuration.")

  @OptionGroup var options: VaultOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Print the registry as it was, by the hash that the log names.", valueName: "sha256"))
  var version: Digest?

  @Flag(name: .long, help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let place = try options.place()
    let list = try RegistryFile(place: place).list(version)
    var rows = list.entries.map { AgreementRow($0.vendor, $0.agreement, source: "registry") }
    if let config = options.config {
      for vendor in try Assembly.goodConfiguration(at: config).vendors {
        guard let agreement = vendor.agreement else { continue }
        if list.entries.contains(where: { $0.agreement.id == agreement.id }) { continue }
        rows.append(AgreementRow(vendor.id, agreement, source: "cordon.yaml"))
      }
    }
    if json {
      for row in rows { StandardOutput.line(row.object) }
    } else {
      StandardOutput.line(AgreementRow.line("VENDOR", "AGREEMENT", "FROM", "TO", "DAYS", "STATE", "KEPT IN"))
      for row in rows { StandardOutput.line(row.text) }
    }
  }
}

/// An agreement as a line of a table.
struct AgreementRow {
  let vendor: ConfiguredID<Vendor>
  let agreement: Agreement
  let source: String
  private let today = VendorClock.today

  init(_ vendor: ConfiguredID<Vendor>, _ agreement: Agreement, source: String) {
    self.vendor = vendor
    self.agreement = agreement
    self.source = source
  }

  /// What it is today.
  var state: String {
    if let terminated = agreement.terminated, terminated <= today { return "terminated" }
    if today < agreement.begins { return "not yet" }
    return agreement.isInForce(on: today) ? "in force" : "expired"
  }

  var text: String {
    AgreementRow.line(
      vendor.name, agreement.id.name, "\(agreement.begins)", "\(agreement.expires)",
      "\(agreement.daysLeft(from: today))", state, source)
  }

  var object: String {
    let object: JSONValue = [
      "vendor": .string(vendor.name), "agreement": .string(agreement.id.name),
      "from": .string("\(agreement.begins)"), "to": .string("\(agreement.expires)"),
      "days": .integer(agreement.daysLeft(from: today)), "state": .string(state), "kept_in": .string(source),
      "digest": .string(agreement.digest(of: vendor).description),
      "document": agreement.document.map { .string($0.description) } ?? .null,
    ]
    return String(decoding: object.bytes, as: UTF8.self)
  }

  static func line(_ cells: String...) -> String {
    let widths = [20, 20, 10, 10, 6, 10, 0]
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: max(0, width - cell.count)) + "  "
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
