import ArgumentParser
import Ciphers
import class Foundation.FileManager
import Gateway
import Glibc
import Logging

/// `cordon demo`: the main job, done on an invented note, with everything inside this process.
struct DemonstrationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show the main job done on an invented note, and leave the gateway running.",
    discussion: """
      The gateway listens on loopback and speaks to the model inside the binary: nothing leaves this machine.
      Its log and keys are in a folder of their own; Ctrl-C ends it.
      """)

  @Option(help: "The port to listen on, 0 for any free one; 8787 if it is free, unless given.")
  var port: Int?

  @Option(help: "The folder for the log and the keys; made anew under the temporary folder if none is named.")
  var data: String?

  @Flag(help: "End after the demonstration.")
  var once = false

  func run() async throws {
    Assembly.shareThreads()
    do {
      try await demonstrate(on: port ?? 8787)
    } catch let failure as ListenFailure where failure.isInUse && port == nil {
      StandardError.line("\(failure); taking another port")
      try await demonstrate(on: 0)
    }
  }

  private func demonstrate(on port: Int) async throws {
    let temporary = data == nil ? try TemporaryFolder.make() : nil
    defer { if let temporary { TemporaryFolder.remove(temporary) } }
    guard let folder = data ?? temporary else { return }
    var random = SystemRandomNumberGenerator()
    let key = APIKey(using: &random)
    let configuration = try Configuration(
      yaml: Self.yaml(port: port, folder: folder, keyHash: APIKeyHash(of: key, using: &random)))
    let logger = Assembly.logger(.error)
    let seen = SeenByModel()
    let vault = try await DemonstrationVault.open(in: folder)
    let house = try await Assembly.gateway(configuration, logger: logger, vault: vault, observe: seen.record)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = GatewayServer(
      house.gateways, listen: configuration.listen, certificate: house.certificate, limits: configuration.limits,
      logger: logger
    ) { port.yield($0) }
    let exchange = DemonstrationExchange(
      client: house.client, ports: ports, key: key.revealingText(), seen: seen, folder: folder, staysOpen: !once,
      width: Terminal.width)
    try await house.run(server, draining: 5, logger: logger, alongside: [exchange])
  }

  private static func yaml(port: Int, folder: String, keyHash: APIKeyHash) -> String {
    """
    listen: {address: 127.0.0.1, port: \(port)}
    data: "\(folder)"
    environment: test
    vendors: [{id: inside, kind: loopback}]
    policy: {set: hospital, unsigned: accept}
    use_cases:
      - {id: summarize, purpose: TREAT, models: [loopback], vendor: inside, restore: all, phi_in_output: authorised, approval: demo}
    callers:
      - {id: clinician, key_hash: "\(keyHash)", use_cases: [summarize], roles: [clinician], attests: [mfa, managed_device]}
    """
  }
}

/// A folder that is this run's own.
private enum TemporaryFolder {
  static func make() throws -> String {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/cordon-demo-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw CommandFailure(.outputFailed, "no folder can be made in `\(parent)`")
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func remove(_ folder: String) {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
