import ArgumentParser
import Gateway

/// `cordon egress`: where something may go, and where it went.
struct EgressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "egress", abstract: "Write the policy of what may leave, and compare it with what left.",
    subcommands: [EgressReportCommand.self, EgressPolicyCommand.self, EgressContactedCommand.self],
    defaultSubcommand: EgressReportCommand.self)
}

/// The configuration that a policy is made from, with what is said of the network beside it.
struct EgressPlanOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "cordon.yaml"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The data directory, for the witnesses of the log (default: that of the configuration).", valueName: "directory"))
  var data: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The addresses or blocks of a host, beside those under `egress.addresses`.", valueName: "host=address,…"))
  var resolve: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where applications reach the gateway (default: `egress.gateway`, or the address it listens on).",
      valueName: "address"))
  var gateway: [String] = []

  /// The plan.
  func plan() throws -> EgressPlan {
    var configuration = try Assembly.goodConfiguration(at: config)
    if let data { configuration.dataDirectory = data }
    var settings = configuration.egress
    for text in resolve {
      let parts = text.split(separator: "=", maxSplits: 1)
      let blocks = parts.dropFirst().flatMap { $0.split(separator: ",") }.map { NetworkBlock(String($0)) }
      guard let host = parts.first, !blocks.isEmpty else {
        throw ValidationError("--resolve takes HOST=ADDRESS, and more addresses after commas.")
      }
      for (index, block) in blocks.enumerated() {
        guard let block else {
          throw ValidationError("--resolve \(host): number \(index + 1) is no address and no block.")
        }
        settings.addresses[host.lowercased(), default: []].append(block)
      }
    }
    if !gateway.isEmpty {
      settings.gateway = try gateway.map { text in
        guard let block = NetworkBlock(text), block.isAddress else {
          throw ValidationError("--gateway takes an address of IPv4 or IPv6.")
        }
        return block
      }
    }
    let destinations = EgressDestination.all(
      of: configuration, witnesses: try EgressSources.witnesses(configuration),
      leases: try EgressSources.leases(configuration))
    do throws(EgressPlan.UnwritableHost) {
      return try EgressPlan(configuration, settings, to: destinations)
    } catch {
      throw CommandFailure(
        .badConfiguration, "\(error.roles.joined(separator: ", ")): its host has characters that no name of a host has")
    }
  }
}
