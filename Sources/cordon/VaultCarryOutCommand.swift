import ArgumentParser
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon vault carry-out`: does what two people agreed to.
struct VaultCarryOutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "carry-out", abstract: "Do what two people agreed to.")

  @OptionGroup var options: VaultOptions

  @Argument(help: "The proposal.")
  var proposal: String

  func run() async throws { try await VaultAct.carryOut(proposal, nil, options) }
}

/// `cordon vault rotate`: a new version of a key, and everything wrapped anew.
struct VaultRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Rotate the key that two people agreed to rotate, or finish a rotation.",
    discussion: "Data is never encrypted anew. Without a proposal, keys that are still under old versions are moved.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The proposal.", valueName: "id"))
  var proposal: String?

  func run() async throws {
    if let proposal {
      try await VaultAct.carryOut(proposal, [.rotateRoot, .rotateTenant, .retireTenant], options)
    } else {
      try await options.withVault { vault, _ in try await VaultAct.rewrap(vault) }
    }
  }
}

/// `cordon vault unlock`: turns the kill switch off.
struct VaultUnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Turn the kill switch off, as two people agreed.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The proposal.", valueName: "id"))
  var proposal: String

  func run() async throws { try await VaultAct.carryOut(proposal, [.unlock], options) }
}

/// `cordon vault lock`: turns the kill switch on; one person is enough.
struct VaultLockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Turn the kill switch on: no key is used any more, here or in a running gateway.",
    discussion: "It works without a passphrase; with one the log says who did it. Two custodians turn it off again.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: "Your name, for the log.")
  var by = "operator"

  func run() async throws {
    let place = try options.place()
    try VaultOptions.saying("kill switch") { () throws(VaultError) in try Vault.lock(data: place.data) }
    StandardOutput.line("locked")
    do {
      try await place.withVault { vault in
        _ = await vault.lock(by: by)
        try await VaultRecorder.record(vault, place)
      }
    } catch {
      StandardError.line("warning: no event of this is in the log: \(error)")
    }
  }
}

/// What the commands share that carry out agreements.
enum VaultAct {
  static func carryOut(_ id: String, _ expected: Set<Proposal.Operation>?, _ options: VaultOptions) async throws {
    try await options.withVault { vault, place in
      let what = "proposal `\(id)`"
      let proposal = try VaultOptions.saying(what) { () throws(VaultError) in try vault.state(of: id).proposal }
      let operation = proposal.operation
      guard expected?.contains(operation) ?? true else {
        throw ValidationError("The proposal is to \(operation.rawValue).")
      }
      if operation == .giveUpRoot { return try await giveUp(proposal, id, vault, place) }
      if operation == .adoptPolicy { _ = try await PolicyAdopting.succession(of: proposal, vault, place) }
      let log = try await lastEntries(about: proposal, vault, place)
      try await VaultOptions.saying(what) { () async throws(VaultError) in
        try await carryOut(id, operation, vault, log, Digest(hexadecimal: proposal.object))
      }
      try await VaultRecorder.record(vault, place)
      StandardOutput.line("\(operation.rawValue) \(proposal.object): done")
      switch operation {
      case .rotateTenant: try await rewrap(vault)
      case .shred, .purge: try await completeShreds(vault, place)
      default: break
      }
    }
  }

  /// Takes a log as it is; a root log is given up, and a shard in the root log, by whoever has the turn to append to it.
  private static func giveUp(_ proposal: Proposal, _ id: String, _ vault: Vault, _ place: VaultPlace) async throws {
    guard let log = LogGivingUp.Place(proposal.object, data: place.data, origin: place.origin) else {
      throw ValidationError("It is carried out by `cordon log shards --give-up-root --proposal \(id)`.")
    }
    let words = try await RootGivingUp.saying("proposal `\(id)`") {
      let time = Timestamp(milliseconds: Assembly.now())
      guard let replica = log.replica else { return try await LogGivingUp.carryOut(id, log, vault, at: time) }
      return try await Sharding.withTurn(place) { turn in
        let shards = try ShardedLog(data: place.data, origin: place.origin)
        return try await ShardGivingUp.carryOut(id, log, replica, shards, turn, vault, at: time)
      }
    }
    StandardError.line("given up: \(words)")
    try await VaultRecorder.record(vault, place)
    StandardOutput.line("\(proposal.operation.rawValue) \(proposal.object): done")
  }

  static func rewrap(_ vault: Vault) async throws {
    let report = try await VaultOptions.saying("rotation") { () async throws(VaultError) in
      _ = try await vault.rewrapTenantKeys()
      return try await vault.rewrapSubjects(workers: ProcessorCores.allowed ?? 2)
    }
    StandardOutput.line("wrapped anew: the keys of \(report.keys) subjects")
  }

  /// Finishes every destruction of a subject's key that is announced in the log.
  static func completeShreds(_ vault: Vault, _ place: VaultPlace) async throws {
    for tag in try vault.announcedShreds() {
      let certificate = try await VaultOptions.saying("subject `\(tag)`") { () async throws(VaultError) in
        try await vault.completeShred(tag)
      }
      StandardOutput.line(String(decoding: certificate.bytes, as: UTF8.self))
    }
    try await VaultRecorder.record(vault, place)
  }

  /// When the log last had something about the subjects that a proposal destroys.
  private static func lastEntries(
    about proposal: Proposal, _ vault: Vault, _ place: VaultPlace
  ) async throws -> LastEntries {
    let tags: [Digest] =
      switch proposal.operation {
      case .shred: Digest(hexadecimal: proposal.object).map { [$0] } ?? []
      case .purge:
        try await VaultOptions.saying("retention") { () async throws(VaultError) in try await vault.due(at: .now()) }
      default: []
      }
    guard !tags.isEmpty else { return LastEntries([:]) }
    do {
      let logs = try await ProvedLogs.of(place.data, vault)
      logs.tell()
      return try LastEntries(about: tags, in: logs)
    } catch {
      throw CommandFailure(
        .unavailable, "\(place.data): the log cannot be asked when it last named whom: \(error)")
    }
  }

  private static func carryOut(
    _ id: String, _ operation: Proposal.Operation, _ vault: Vault, _ log: LastEntries, _ tag: Digest?
  ) async throws(VaultError) {
    switch operation {
    case .rotateRoot: _ = try await vault.rotateRoot(vault.approval(of: id))
    case .rotateTenant: _ = try await vault.rotateTenantKey(vault.approval(of: id))
    case .retireTenant: _ = try await vault.retireTenantKey(vault.approval(of: id))
    case .disable: _ = try await vault.disable(vault.approval(of: id))
    case .enable: _ = try await vault.enable(vault.approval(of: id))
    case .destroy: _ = try await vault.scheduleDestruction(vault.approval(of: id))
    case .cancelDestruction: _ = try await vault.cancelDestruction(vault.approval(of: id))
    case .unlock: _ = try await vault.unlock(vault.approval(of: id))
    case .addCustodian: _ = try await vault.addCustodian(vault.approval(of: id))
    case .removeCustodian: _ = try await vault.removeCustodian(vault.approval(of: id))
    case .setRoles: _ = try await vault.setRoles(vault.approval(of: id))
    case .placeHold: _ = try await vault.placeHold(vault.approval(of: id))
    case .releaseHold: _ = try await vault.releaseHold(vault.approval(of: id))
    case .shred:
      _ =
        try await vault.announceShred(vault.approval(of: id), lastEntry: tag.flatMap { log[$0] })
    case .purge: _ = try await vault.announcePurge(Purge(vault.approval(of: id), asking: log))
    case .adoptPolicy: _ = try await vault.adoptPolicies(vault.approval(of: id))
    case .export, .revealMany, .giveUpRoot: throw VaultError(.unsupported(.unwrap))
    }
  }
}
