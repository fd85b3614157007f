import Bytes
import Gateway
import Glibc
import Ledger

/// Whether PHI was secured, with the facts for it and against it (45 CFR 164.402; 74 FR 19006).
struct SecurityOpinion {
  private let state: KeyStateThen
  private let configuration: Configuration?
  /// Whether the key that the log was checked with was given, and not the one beside the log.
  private let isKeyGiven: Bool
  private(set) var facts: [String] = []
  /// Why it was not, or cannot be shown to have been; none when it was.
  private(set) var against: [String] = []

  var isSecured: Bool { against.isEmpty }

  /// The facts that every scenario shares.
  init(_ state: KeyStateThen, _ given: Configuration?, isKeyGiven: Bool) {
    self.state = state
    self.isKeyGiven = isKeyGiven
    let isInForce = (given?.digest).map { $0.description == state.started?.configuration } ?? false
    configuration = isInForce ? given : nil
    if state.isWhole {
      facts.append("every byte of the log is as it was written")
    } else {
      against.append("the log is not whole: what it says of that time cannot be relied upon")
    }
    if let started = state.started {
      facts.append("the gateway was started at \(started.time) with configuration \(started.configuration)")
      facts.append("what it stored was encrypted: AES-256-GCM, under a key for each of \(state.subjects) subjects")
      facts.append("subjects' keys were wrapped under \(state.newestKey ?? "tenant/1"), and that under the root key")
    } else {
      against.append("the log has no start before that time: nothing shows that encryption was in force")
    }
    if state.isLocked { facts.append("the vault was locked") }
    if state.isProviderLost { facts.append("the key provider could not be reached") }
    for module in state.modules { facts.append("module: \(module)") }
    if given != nil, !isInForce {
      against.append("the configuration that is given was not the one in force: where the root key was is not shown")
    } else if given == nil {
      against.append("no configuration is given: where the root key was is not shown")
    }
  }

  /// A disk with the data directory was stolen.
  ///
  /// That a secret was apart takes somebody's word: partitions, overlays and volumes of one disk are devices of their own.
  mutating func weighStolenDisk(secretApart: Bool, escrowsApart: Bool, data: String) {
    weighEscrows(apart: escrowsApart)
    guard let configuration else { return }
    let provider = configuration.vault.provider
    facts.append(provider.fact)
    switch (secretApart, provider.secretFile) {
    case (true, _): facts.append("what opens the root key was not on the disk: you have made sure of it")
    case (false, let file?):
      let place = Device(of: file) == Device(of: data) ? "on the device of the data: the key went with it" : nil
      against.append(
        "what opens the root key was in `\(file)`, "
          + (place ?? "and nothing shows that this was not on the disk: see `--secret-apart`"))
    case (false, nil):
      against.append("nothing shows that what opens the root key was not on the disk: see `--secret-apart`")
    }
  }

  private mutating func weighEscrows(apart: Bool) {
    guard state.exports > 0 else { return }
    let left = "keys had left in \(state.exports) escrows before that time"
    if apart {
      facts.append("\(left), none of which was on the disk: you have made sure of it")
    } else {
      against.append("\(left), and nothing shows that none was on the disk: see `--escrows-apart`")
    }
  }

  /// The root key, or what opens it, came into the wrong hands.
  mutating func weighExposedKey() {
    if let configuration { facts.append(configuration.vault.provider.fact) }
    against.append("the key was exposed: encryption protects nothing that it opens, rotated since or not")
  }

  var lines: [String] {
    ["opinion    \(isSecured ? "secured PHI" : "unsecured PHI")"] + facts.map { "fact       \($0)" }
      + (isKeyGiven ? [] : ["key        the log's own: see `--key`"]) + against.map { "against    \($0)" }
  }

  func json(_ scenario: String, _ at: Timestamp) -> JSONValue {
    .object([
      JSONMember("scenario", .string(scenario)), JSONMember("at", .string(at.description)),
      JSONMember("secured", .bool(isSecured)), JSONMember("facts", .array(facts.map { .string($0) })),
      JSONMember("against", .array(against.map { .string($0) })),
      JSONMember("key", .string(isKeyGiven ? "given" : "own")),
      JSONMember("law", .string("45 CFR 164.402; 74 FR 19006")),
    ])
  }
}

/// The device that a file is on.
private struct Device: Equatable {
  let number: UInt

  init?(of path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    number = UInt(status.st_dev)
  }
}

extension VaultSettings.Provider {
  fileprivate var fact: String {
    switch self {
    case .local: "the root key was in `keys/vault.key` beside the data, sealed by a passphrase (Argon2id, AES-256-GCM)"
    case .pkcs11(let token):
      "the root key was in a token (\(token.module)), not extractable; a token of software has files of its own"
    case .transit: "the root key was in a transit engine, on another machine"
    case .awsKMS: "the root key was in AWS KMS"
    }
  }

  /// The file with what opens the root key, where the configuration names one.
  fileprivate var secretFile: String? {
    let source: SecretSource? =
      switch self {
      case .local(passphrase: let source): source
      case .pkcs11(let token): token.pin
      case .transit(let transit): transit.token
      case .awsKMS(let region): region.credentials.map { .file($0) }
      }
    if case .file(let path)? = source { return path }
    return nil
  }
}
