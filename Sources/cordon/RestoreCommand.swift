import ArgumentParser
import Backup
import Ciphers
import Gateway
import Glibc
import Ledger
import Vault

/// `cordon restore`: a data directory from a backup, once everything in it is proved.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a backup into a new directory, or try whether it could be.",
    discussion: """
      Every byte of the log, every store and every count is checked before the directory gets its name; nothing is
      written over. Keys come from an escrow; those of subjects that the log says were destroyed stay destroyed.
      With an escrow every key is unwrapped, and the log that was restored says that it was. With `--drill` the directory
      is removed again, and the log of `--data` says that the backup was proved.
      A shard that nothing proves is restored with `--accept-shard` only, as it is, and named.
      """)

  @Argument(help: ArgumentHelp("The backup.", valueName: "file.age"))
  var archive: String

  @Option(name: .long, help: ArgumentHelp("The directory to make.", valueName: "directory"))
  var into: String?

  @Flag(name: .long, help: "Prove the backup and keep nothing.")
  var drill = false

  @OptionGroup var vault: VaultPlaceOptions

  @Option(name: .long, help: ArgumentHelp("A file of age identities that open the backup.", valueName: "file"))
  var identity: String?

  @Option(name: .long, help: ArgumentHelp("A file with the passphrase that opens it.", valueName: "file"))
  var passphraseFile: String?

  @Option(name: .long, help: ArgumentHelp("The escrow with the keys.", valueName: "file.age"))
  var escrow: String?

  @Option(name: .long, help: ArgumentHelp("A file of identities that open the escrow.", valueName: "file"))
  var escrowIdentity: String?

  @Option(name: .long, help: ArgumentHelp("A file with the passphrase of the escrow.", valueName: "file"))
  var escrowPassphraseFile: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Take an escrow that the log of the backup does not name (`unrecorded`: it is newer), or that lacks keys of subjects older than it (`incomplete`).",
      valueName: "what"))
  var acceptEscrow: [EscrowLenience] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Restore the shard of this replica whatever is wrong with it; may be given again.", valueName: "replica"))
  var acceptShard: [ReplicaName] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The verifier key of the log, or of the root log, if not the one in the backup.", valueName: "vkey"))
  var key: VerifierKey?

  func validate() throws {
    guard drill == (into == nil) else { throw ValidationError("give `--into`, or `--drill` without it") }
    guard (identity == nil) != (passphraseFile == nil) else {
      throw ValidationError("give `--identity` or `--passphrase-file`, and not both")
    }
    guard acceptEscrow.isEmpty || escrow != nil else { throw ValidationError("`--accept-escrow` needs `--escrow`") }
    guard escrow == nil || (escrowIdentity == nil) != (escrowPassphraseFile == nil) else {
      throw ValidationError("an escrow needs `--escrow-identity` or `--escrow-passphrase-file`")
    }
  }

  func run() async throws {
    let start = ContinuousClock.now
    let place = try vault.place()
    try place.refuseUnapproved("a backup")
    let (proof, keys, manifest, isRecorded) = try await restored(into ?? "\(archive).drill-\(getpid())", place)
    let seconds = start.duration(to: .now) / .seconds(1)
    if let head = manifest.rootLog ?? manifest.log {
      StandardOutput.line("head       \(head.size) entries, root \(head.root)")
    }
    if let log = proof.log { StandardOutput.line("log        \(log.entries) entries, every byte was checked") }
    if let sharded = proof.shards {
      StandardOutput.line("root       \(sharded.rootEntries) entries, every byte was checked")
      for shard in sharded.shards {
        StandardOutput.line(
          "shard      \(shard.replica): \(shard.entries) entries, \(shard.recorded) of them as the root log says")
        for givenUp in shard.givenUp { StandardOutput.line("given up   shard \(shard.replica): \(givenUp)") }
        if let forgotten = shard.forgotten { StandardOutput.line("given up   shard \(shard.replica): \(forgotten)") }
      }
    }
    for replica in proof.unproved {
      let faults = proof.shards?.faults.filter { $0.replica == replica } ?? []
      StandardOutput.line("UNPROVED   shards/\(replica): restored as it is, as --accept-shard says")
      for fault in faults { StandardOutput.line("           \(fault)") }
    }
    StandardOutput.line("subjects   \(proof.subjects), and \(proof.destroyed) destroyed")
    if let keys {
      StandardOutput.line("keys       \(keys.keys) unwrapped, \(keys.tombstones) destroyed")
      if keys.disabled > 0 { StandardOutput.line("           \(keys.disabled) under a disabled key, not proved") }
    }
    if proof.withoutKey > 0 {
      let reason = escrow == nil ? "there is no escrow" : "they are not in the escrow; those made after it are not"
      StandardOutput.line("           \(proof.withoutKey) without a key: \(reason)")
    }
    if proof.destroyedAgain > 0 {
      StandardOutput.line("destroyed  \(proof.destroyedAgain) keys of the escrow, as the log says they were")
    }
    if proof.tokens > 0 {
      StandardOutput.line(
        "tokens     \(proof.tokens)" + (escrow == nil ? " cannot be turned back: there is no escrow" : ""))
    }
    let lost = Double(max(0, Assembly.now() - manifest.made)) / 60_000
    StandardOutput.line(
      "recovery   \(Self.minutes(seconds / 60)) minutes, from the file to a directory that was proved")
    StandardOutput.line("loss       \(Self.minutes(lost)) minutes: what happened since the backup is not in it")
    if into != nil {
      StandardOutput.line("access     what was removed since the backup was made is back: `cordon grant list`")
    }
    let gap = proof.unproved.isEmpty ? "" : ", but for what UNPROVED names"
    StandardOutput.line((into.map { "restored   \($0)" } ?? "drilled    the backup can be restored") + gap)
    if !isRecorded {
      StandardError.line("warning: no log says so: without an escrow nothing signs for the restored one")
    }
  }

  /// What to do about a shard that nothing proves; empty where it is about another log.
  private static func help(_ name: String?) -> String {
    guard let name, name.hasPrefix("shards/") else { return "" }
    return "\nhelp: look for a backup in which it is proved; `--accept-shard \(name.dropFirst(7))` restores it as it is"
  }

  /// Minutes with two digits behind the point, rounded up: a time is never shorter than it was.
  private static func minutes(_ minutes: Double) -> String {
    let hundredths = Int((minutes * 100).rounded(.up))
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private func restored(
    _ target: String, _ place: VaultPlace
  ) async throws -> (Restoration.Proof, SubjectKeyProof?, Manifest, Bool) {
    var restoration = try AgeSecrets.opening(archive, identity: identity, passphraseFile: passphraseFile) {
      decryptor throws(BackupError) in
      try Restoration(
        of: archive, with: decryptor, into: target, key: key, accepting: Set(acceptShard))
    }
    if let escrow {
      try AgeSecrets.opening(escrow, identity: escrowIdentity, passphraseFile: escrowPassphraseFile) {
        decryptor throws(BackupError) in
        try restoration.add(
          escrow: escrow, with: decryptor, allowing: Restoration.Lenience(acceptEscrow.map(\.lenience)))
      }
    }
    let proof: Restoration.Proof
    do throws(BackupError) {
      proof = try restoration.prove()
    } catch {
      let help = error.code == .unproved || error.code == .shards ? RestoreCommand.help(error.name) : ""
      throw CommandFailure(.unreadableInput, "\(archive): \(error)\(help)")
    }
    var keys: SubjectKeyProof?
    if escrow != nil, restoration.manifest.vault != nil {
      keys = try await prove(
        place.moved(to: restoration.path), restoration.key, shreds: restoration.shreds, digest: restoration.digest,
        unproved: proof.unproved)
    }
    let isRecorded = drill || keys != nil
    let manifest = restoration.manifest
    if !drill { try hold(restoration.path, manifest, restoration.digest) }
    if drill { try await record(.restoreDrilled, restoration.digest, place, unproved: proof.unproved) }
    do throws(BackupError) {
      if !drill { try restoration.complete() }
    } catch {
      throw CommandFailure(.outputFailed, "\(target): \(error)")
    }
    return (proof, keys, manifest, isRecorded)
  }

  /// Has nobody take the access that the backup gives for what it is now.
  private func hold(_ data: String, _ manifest: Manifest, _ digest: Digest) throws {
    do {
      try RemovedGrants.hold(data, asRestoredFrom: digest, made: Timestamp(milliseconds: manifest.made))
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(data)/\(RemovedGrants.file): \(error)")
    }
  }

  /// Opens the vault from its root, destroys again what was destroyed, unwraps every key, and brings all of it into the
  /// restored log.
  private func prove(
    _ place: VaultPlace, _ verifier: VerifierKey?, shreds: [Digest], digest: Digest, unproved: [ReplicaName]
  ) async throws -> SubjectKeyProof {
    try await place.withVault { vault in
      let failure = "the vault of the backup does not open with the escrow"
      let signer = try await VaultOptions.saying(failure) { () async throws(VaultError) in try await vault.logSigner() }
      guard try signer.verificationKey() == verifier?.key else {
        throw CommandFailure(.unreadableInput, "the vault of the backup is not that of its log")
      }
      let keys = try await VaultOptions.saying(failure) { () async throws(VaultError) in
        try await vault.adoptRestoredKeys()
        _ = try await vault.reapply(shreds: shreds)
        return try await vault.proveSubjectKeys()
      }
      if !drill {
        // The backup has none of what vendors keep: that the file begins anew is recorded.
        _ = try await VaultOptions.saying(failure) { () async throws(VaultError) in
          try KeptMaps.exists(vault) ? try await KeptMaps(vault).repair() : nil
        }
        try await note(.restoreCompleted, digest, vault, place, unproved: unproved)
      }
      return keys
    }
  }

  private func record(
    _ note: Note, _ digest: Digest, _ place: VaultPlace, unproved: [ReplicaName]
  ) async throws {
    try await place.withVault { vault in try await self.note(note, digest, vault, place, unproved: unproved) }
  }

  private func note(
    _ note: Note, _ digest: Digest, _ vault: Vault, _ place: VaultPlace, unproved: [ReplicaName]
  ) async throws {
    let remark = BackupCommand.remark(unproved)
    _ = try await VaultOptions.saying("the log entry of the restore") { () async throws(VaultError) in
      try await vault.note(note, of: digest, remark: remark)
    }
    try await VaultRecorder.record(vault, place)
  }
}

extension ReplicaName: ExpressibleByArgument {}

/// What an escrow may be all the same.
enum EscrowLenience: String, ExpressibleByArgument, CaseIterable {
  case unrecorded, incomplete

  var lenience: Restoration.Lenience {
    switch self {
    case .unrecorded: .unrecorded
    case .incomplete: .incomplete
    }
  }
}
