import ArgumentParser
import Gateway
import Ledger
import Logging
import ServiceLifecycle

/// `cordon serve`: the gateway.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the gateway until it is told to stop.",
    discussion: """
      The configuration is one file; `Examples/cordon.yaml` documents it line by line.
      SIGTERM and SIGINT let running answers end, for at most `limits.drain_seconds`. SIGHUP and `cordon reload` put a
      changed configuration in force.
      """)

  @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config = "cordon.yaml"

  @Flag(name: .long, help: "Read the configuration, say whether it is good, and end.")
  var check = false

  @Flag(name: .long, help: "Refuse to start unless only approved algorithms are used: `fips.required`.")
  var fips = false

  @Option(
    name: .long, help: "What to tell on standard error: trace, debug, info, notice, warning, error or critical.",
    transform: { text in
      guard let level = Logger.Level(rawValue: text) else { throw ValidationError("there is no such level") }
      return level
    })
  var logLevel = Logger.Level.notice

  @Option(name: .long, help: "How to write it: text or json.")
  var logFormat = LogFormat.text

  func run() async throws {
    let configuration = try configuration()
    try Assembly.checkCryptography(configuration)
    guard !check else {
      print("\(config): good")
      return
    }
    let logger = Assembly.logger(logLevel, logFormat)
    try ProcessMemory.protect(configuration.memory, logger)
    if configuration.routes == nil, configuration.vendors.contains(where: \.isOutside) {
      logger.warning("`routes` is not given: vendors outside are sent requests without an owner, a basis and an end")
    }
    Assembly.shareThreads()
    let house = try await Assembly.gateway(configuration, logger: logger)
    let server = GatewayServer(
      house.gateways, listen: configuration.listen, certificate: house.certificate, limits: configuration.limits,
      logger: logger
    ) { port in
      let scheme = configuration.listen.certificate == nil ? "http" : "https"
      StandardOutput.line("listening on \(scheme)://\(configuration.listen.address):\(port)")
    }
    for line in house.gateway.deadLines { logger.warning("grants nothing: \(line)") }
    for line in house.gateway.liftingLines { logger.warning("\(line)") }
    let shard = configuration.log.shards?.replica
    let root = shard == nil ? [] : [WitnessedLog.root]
    var services: [any Service] = try ([shard?.description] + root).map { name in
      let log = try WitnessedLog(configuration.dataDirectory, name)
      return WitnessRounds(
        data: log.directory.data, log: log.name, seconds: configuration.log.witnessSeconds, gateway: house.gateway,
        logger: logger)
    }
    services += [
      Reloading(path: config, house: house, logger: logger, observe: { _ in })
    ]
    if let traces = house.gateway.traces {
      services.append(TraceExport(traces, configuration.telemetry, client: house.client, logger: logger))
    }
    var running = ServeState()
    running.configuration = house.digest
    running.allowsApprovedOnly = configuration.fips.isRequired
    running.write(in: house.data)
    try await house.run(
      server, draining: configuration.limits.drainSeconds, logger: logger, alongside: services)
  }

  private func configuration() throws -> Configuration {
    do {
      var configuration = try Assembly.configuration(at: config)
      if fips { configuration.fips.isRequired = true }
      return configuration
    } catch let error as ConfigurationError {
      throw CommandFailure(.badConfiguration, "\(config): \(error)")
    }
  }
}
