import ArgumentParser
import Ciphers
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
      try await VaultAct.rewrap(options.open(), options)
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
    try VaultOptions.saying("kill switch") { () throws(VaultError) in try Vault.lock(data: options.data) }
    StandardOutput.line("locked")
    guard let vault = try? options.open() else {
      return StandardError.line("warning: the vault does not open, so no event of this is kept")
    }
    _ = await vault.lock(by: by)
    try await VaultRecorder.record(vault, data: options.data)
  }
}

/// What the commands share that carry out agreements.
enum VaultAct {
  static func carryOut(_ id: String, _ expected: Set<Proposal.Operation>?, _ options: VaultOptions) async throws {
    let vault = try options.open()
    let what = "proposal `\(id)`"
    let approval = try await VaultOptions.saying(what) { () async throws(VaultError) in
      try await vault.approval(of: id)
    }
    let operation = approval.proposal.operation
    guard expected?.contains(operation) ?? true else {
      throw ValidationError("The proposal is to \(operation.rawValue).")
    }
    let object = approval.proposal.object
    do throws(VaultError) {
      try await carryOut(approval, operation, vault)
    } catch {
      throw VaultOptions.failure(what, error)
    }
    try await VaultRecorder.record(vault, data: options.data)
    StandardOutput.line("\(operation.rawValue) \(object): done")
    switch operation {
    case .rotateTenant: try await rewrap(vault, options)
    case .shred, .purge: try await completeShreds(vault, options)
    default: break
    }
  }

  static func rewrap(_ vault: Vault, _ options: VaultOptions) async throws {
    let report = try await VaultOptions.saying("rotation") { () async throws(VaultError) in
      _ = try await vault.rewrapTenantKeys()
      return try await vault.rewrapSubjects()
    }
    StandardOutput.line("wrapped anew: the keys of \(report.keys) subjects")
  }

  /// Finishes every destruction of a subject's key that is announced in the log.
  static func completeShreds(_ vault: Vault, _ options: VaultOptions) async throws {
    for tag in try vault.announcedShreds() {
      let certificate = try await VaultOptions.saying("subject `\(tag)`") { () async throws(VaultError) in
        try await vault.completeShred(tag)
      }
      StandardOutput.line(String(decoding: certificate.bytes, as: UTF8.self))
    }
    try await VaultRecorder.record(vault, data: options.data)
  }

  private static func carryOut(
    _ approval: consuming Approval, _ operation: Proposal.Operation, _ vault: Vault
  ) async throws(VaultError) {
    switch operation {
    case .rotateRoot: _ = try await vault.rotateRoot(approval)
    case .rotateTenant: _ = try await vault.rotateTenantKey(approval)
    case .retireTenant: _ = try await vault.retireTenantKey(approval)
    case .disable: _ = try await vault.disable(approval)
    case .enable: _ = try await vault.enable(approval)
    case .destroy: _ = try await vault.scheduleDestruction(approval)
    case .cancelDestruction: _ = try await vault.cancelDestruction(approval)
    case .unlock: _ = try await vault.unlock(approval)
    case .addCustodian: _ = try await vault.addCustodian(approval)
    case .removeCustodian: _ = try await vault.removeCustodian(approval)
    case .setRoles: _ = try await vault.setRoles(approval)
    case .placeHold: _ = try await vault.placeHold(approval)
    case .releaseHold: _ = try await vault.releaseHold(approval)
    case .shred: _ = try await vault.announceShred(approval)
    case .purge: _ = try await vault.announcePurge(approval)
    case .export, .revealMany: throw VaultError(.unsupported(.unwrap))
    }
  }
}
