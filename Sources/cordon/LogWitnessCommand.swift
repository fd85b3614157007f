import ArgumentParser
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon log witness`: those who keep the log's checkpoints elsewhere.
struct LogWitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Have the log's checkpoints cosigned by witnesses.",
    subcommands: [LogWitnessAddCommand.self, LogWitnessListCommand.self, LogWitnessPushCommand.self])
}

/// `cordon log witness add`.
struct LogWitnessAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a witness to those of the log.",
    discussion: "The witness must know the log too: give its operator what `cordon log key` prints.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Option(name: .long, help: "The replica whose shard it is for, or root, where several write.")
  var shard: String?

  @Argument(help: ArgumentHelp("Its address, before `/add-checkpoint`.", valueName: "url"))
  var url: String

  @Argument(help: ArgumentHelp("Its verifier key for cosignatures.", valueName: "vkey"))
  var key: VerifierKey

  @Option(name: .long, help: ArgumentHelp("How many witnesses must cosign, if not all.", valueName: "number"))
  var quorum: Int?

  func run() async throws {
    let place = try options.place()
    try await Recording.check(place)
    let log = try WitnessedLog(place.data, shard)
    let before = log.content("witnesses")
    guard let witness = Witness(key: key, url: url) else {
      throw ValidationError("The address must be one of HTTP, and the key one for cosignatures (type 0x04).")
    }
    var list = try await log.witnesses(place)
    guard list.witnesses.count < WitnessList.mostWitnesses else {
      throw ValidationError("A log can have \(WitnessList.mostWitnesses) witnesses.")
    }
    guard list.add(witness) else { throw ValidationError("A witness with this name or key is in the list.") }
    if let quorum {
      guard (1...list.witnesses.count).contains(quorum) else {
        throw ValidationError("So many witnesses are not there.")
      }
      list.require(quorum)
    }
    let changed = list
    try log.directory.reading { data throws(LedgerError) in try changed.store(data: data) }
    let after = log.content("witnesses")
    try await Recording.record(.witnessesChanged, about: "witnesses", by: actor.person, place) { vault in
      try await vault.keep(witnesses: changed.bytes, of: log.name)
      return StoredChange(from: before, to: after)
    }
    StandardOutput.line("\(list.witnesses.count) witnesses, of which \(list.policy.quorum) must cosign")
  }
}

/// `cordon log witness list`.
struct LogWitnessListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the witnesses of the log, as the vault keeps them.",
    discussion: "A file `log/witnesses` that says something else was changed by somebody: that is said, not followed.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: "The replica whose shard it is, or root, where several write.")
  var shard: String?

  func run() async throws {
    let place = try options.place()
    let list = try await WitnessedLog(place.data, shard).witnesses(place)
    for witness in list.witnesses { StandardOutput.line("\(witness.key) \(witness.url)") }
    StandardOutput.line("\(list.witnesses.count) witnesses, of which \(list.policy.quorum) must cosign")
  }
}

/// `cordon log witness push`.
struct LogWitnessPushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Have the published checkpoint cosigned.",
    discussion: """
      Exits 0 when enough witnesses cosigned it, 1 when one of them saw a log that this one does not extend, and 69
      when too few answered. It may run while the gateway does.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Option(name: .long, help: "The replica whose shard it is, or root, where several write.")
  var shard: String?

  @Option(name: .long, help: ArgumentHelp("How long a witness may take to answer.", valueName: "seconds"))
  var seconds = 10

  func run() async throws {
    let place = try options.place()
    let log = try WitnessedLog(place.data, shard)
    let (directory, before) = (log.directory, log.content("cosigned"))
    let list = try await log.witnesses(place)
    let witnessing = try directory.reading { data throws(LedgerError) in
      try Witnessing(data: data, key: Custody.verifier(data: data), list: list)
    }
    let report: Witnessing.Report
    do throws(LedgerError) {
      report = try await WitnessCarrier(seconds: seconds).push(witnessing)
    } catch {
      throw CommandFailure(.unreadableInput, "\(directory.data): \(error)")
    }
    let after = log.content("cosigned")
    for (witness, outcome) in report.outcomes { StandardOutput.line("\(witness.key.name): \(outcome)") }
    StandardOutput.line("\(report.size) entries, cosigned by \(report.cosignatures) of \(report.quorum) that must")
    if before != after {
      try await Recording.record(.witnessesChanged, about: "cosigned", by: actor.person, place) { _ in
        StoredChange(from: before, to: after)
      }
    }
    guard !report.isAlarm else { throw ExitCode(1) }
    guard report.isCosigned else { throw CommandFailure(.unavailable, "too few witnesses cosigned the checkpoint") }
  }
}

/// The log that witnesses are for.
struct WitnessedLog {
  /// What the root log is called on the command line.
  static let root = "root"

  /// Its data directory: the place's own, the shard of a replica, or the root log.
  let directory: DataDirectory
  /// What the vault calls it.
  let name: String

  /// The log of a data directory, or one of its shards by the name of the replica, or `root`.
  init(_ data: String, _ shard: String?) throws {
    var directory = DataDirectory()
    switch shard {
    case nil: (directory.data, name) = (data, LogMarking.log)
    case WitnessedLog.root: (directory.data, name) = (ShardedLog.root(of: data), RootRecording.log)
    case let shard?:
      guard let replica = ReplicaName(shard) else { throw ValidationError("That is no name of a replica.") }
      (directory.data, name) = (ShardedLog.shard(of: replica, in: data), "shards/\(replica)")
    }
    self.directory = directory
  }

  /// Its witnesses, as the vault of a place keeps them; where there is no vault, as the file has them.
  func witnesses(_ place: VaultPlace) async throws -> WitnessList {
    guard Recording.hasVault(place) else {
      return try directory.reading { data throws(LedgerError) in try WitnessList(data: data) }
    }
    do {
      return try await place.withVault(for: .use) { vault in
        let (list, isAltered) = try await WitnessList.kept(of: name, in: directory.data, vault)
        if isAltered {
          StandardError.line("warning: `log/witnesses` was changed beside the vault: what the vault keeps is followed")
        }
        return list
      }
    } catch let error as LedgerError {
      throw CommandFailure(.unreadableInput, "\(directory.data): \(error)")
    } catch let error as VaultError {
      throw VaultOptions.failure("the witnesses of the log", error)
    }
  }

  /// The hash of a file of the log; nil when there is none.
  func content(_ name: String) -> Digest? {
    TextFile.contents(of: "\(directory.data)/log/\(name)").map { Digest(hashing: $0.span) }
  }
}
