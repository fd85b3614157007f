import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon evidence unsecured`: whether PHI was secured when something was stolen or exposed.
struct EvidenceUnsecuredCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unsecured", abstract: "Say whether PHI was secured at the time of an incident, and by which facts.",
    discussion: """
      PHI is unsecured unless it was encrypted and neither the process nor the key was breached (45 CFR 164.402; 74 FR \
      19006). What cannot be shown counts as unsecured. It is an opinion on facts of the log, for those who decide; it \
      decides nothing. Exits 0 for secured, 1 for unsecured.
      """)

  enum Scenario: String, ExpressibleByArgument, CaseIterable {
    case stolenDisk = "stolen-disk"
    case keyExposed = "key-exposed"
  }

  @Option(name: .long, help: ArgumentHelp("When it happened (UTC).", valueName: "time"))
  var at: Timestamp

  @Option(name: .long, help: "What happened: stolen-disk or key-exposed.")
  var scenario: Scenario

  @Option(name: .long, help: ArgumentHelp("The configuration that was in force then.", valueName: "file"))
  var config: String?

  @Flag(
    name: .long,
    help: "You have made sure that what opens the root key (passphrase, PIN or token) was not on the disk.")
  var secretApart = false

  @Flag(name: .long, help: "You have made sure that no escrow of the keys was on the disk.")
  var escrowsApart = false

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  @OptionGroup var directory: DataDirectory
  @OptionGroup var signed: LogKeyOptions

  func run() throws {
    let given = try config.map { path in
      do {
        return try Assembly.configuration(at: path)
      } catch let error as ConfigurationError {
        throw CommandFailure(.badConfiguration, "\(path): \(error)")
      }
    }
    let key = try signed.log(of: directory).key
    let state = try directory.reading { data throws(LedgerError) in
      try KeyStateThen(data: data, signedBy: key, at: at)
    }
    var opinion = SecurityOpinion(state, given, isKeyGiven: signed.key != nil)
    switch scenario {
    case .stolenDisk:
      opinion.weighStolenDisk(secretApart: secretApart, escrowsApart: escrowsApart, data: directory.data)
    case .keyExposed: opinion.weighExposedKey()
    }
    if json {
      StandardOutput.line(opinion.json(scenario.rawValue, at).text)
    } else {
      for line in opinion.lines { StandardOutput.line(line) }
    }
    guard opinion.isSecured else { throw ExitCode(1) }
  }
}

extension JSONValue {
  fileprivate var text: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
