import ArgumentParser
import Bytes
import Gateway
import Ledger
import Vault

/// `cordon log shards`: how the logs of several replicas stand.
struct LogShardsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards", abstract: "Print how the shards of several replicas stand beside the root log.",
    discussion: """
      It reads checkpoints only; `cordon log verify --root` checks every byte. With --record it has the shards recorded \
      in the root log now. Those that no process has open are opened and closed first: what a replica that was killed \
      acknowledged is then covered, too. A shard that is not what was recorded is refused, and the exit code is 1; so \
      it is where the root log is not what the vault says of it. Two people can give up a shard: `cordon vault propose \
      give_up_root shards/REPLICA --set reason='why'`, carried out by `cordon vault carry-out`; what was given up is \
      printed from then on.

      With --give-up-root a root log that is lost is begun anew, or one that was put back is taken as it is: nothing \
      else makes a gateway start beside it. It takes two people, neither of whom administers the log: `cordon vault \
      propose give_up_root root-log --set reason='why'`, the approval of another, and the number of the proposal here, \
      with all gateways stopped. They agree to the root log that is there then, and to no other, and see which \
      shards are not what it says: that is gone with it. The new one says so in \
      an entry, the log says who and why, and what its witnesses have cosigned still contradicts it.
      """)

  @OptionGroup var options: VaultOptions

  @Flag(name: .long, help: "Record the shards in the root log, as a gateway does; it takes the passphrase.")
  var record = false

  @Flag(name: .long, help: "Take the root log as it is, though it is not what the vault says of it.")
  var giveUpRoot = false

  @Option(name: .long, help: ArgumentHelp("The proposal to give the root log up.", valueName: "id"))
  var proposal: String?

  @Flag(name: .long, help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    guard giveUpRoot == (proposal != nil) else {
      throw ValidationError("A root log is given up by a proposal that two people have signed: --proposal.")
    }
  }

  func run() async throws {
    let place = try options.place()
    guard ShardedLog.isSharded(place.data) else {
      throw CommandFailure(.noInput, "`\(place.data)` has no shards: one gateway writes its log")
    }
    if let proposal { try await giveUp(proposal, place) }
    let refused = record || giveUpRoot ? try await recorded(place) : [:]
    let statuses: [ShardStatus]
    do {
      statuses = try ShardedLog.statuses(of: place.data)
    } catch {
      throw CommandFailure(.unreadableInput, "\(place.data): \(error)")
    }
    let fault = try rootFault(place.data, statuses)
    if !json { ShardLine.print("SHARD", "PUBLISHED", "RECORDED", "BEHIND", "STATE") }
    for status in statuses { ShardLine.print(status, fault, asJSON: json) }
    for (replica, refusal) in refused.sorted(by: { $0.key < $1.key }) {
      StandardOutput.line("BAD        shard \(replica): \(refusal.error)")
    }
    let known = try VaultMark.shardEpochs(data: place.data) ?? [:]
    for status in statuses where !json {
      if let givenUp = status.givenUp { StandardOutput.line("given up   shard \(status.replica): \(givenUp)") }
      let forgotten = ForgottenGivingUp(status.replica, known: known[status.replica], said: status.givenUp?.epoch)
      if let forgotten { StandardOutput.line("given up   shard \(status.replica): \(forgotten)") }
    }
    if let fault, !json { StandardOutput.line("BAD        \(fault)") }
    guard refused.isEmpty, fault == nil else { throw ExitCode(1) }
  }

  /// What is wrong with the root log by what the vault says of it, which may be looked at without its key.
  private func rootFault(_ data: String, _ statuses: [ShardStatus]) throws -> RootFault? {
    guard let key = statuses.compactMap(\.key?.key).first, let mark = try VaultMark.read(data: data) else { return nil }
    do throws(RootFault) {
      _ = try ShardedLog.root(of: data, extending: mark, signedBy: key)
      return nil
    } catch {
      return error
    }
  }

  private func recorded(_ place: VaultPlace) async throws -> [ReplicaName: ShardRound.Refusal] {
    try await withTurn(place) { vault, turn in
      try await LogShardsCommand.finish(vault, place)
      do {
        return try await Sharding.record(vault, place, turn).refused
      } catch let fault as RootFault {
        throw CommandFailure(.unreadableInput, "nothing is recorded: \(fault)")
      }
    }
  }

  private func giveUp(_ proposal: String, _ place: VaultPlace) async throws {
    try await withTurn(place, for: .administration) { vault, turn in
      let shards = try ShardedLog(data: place.data, origin: place.origin)
      let contradiction = try await RootGivingUp.saying(proposal) {
        try await RootGivingUp.carryOut(proposal, shards, turn, vault, at: Timestamp(milliseconds: Assembly.now()))
      }
      StandardError.line("given up: \(contradiction.words)")
      for (_, words) in contradiction.shards.sorted(by: { $0.key < $1.key }) {
        StandardError.line("with it goes what it said of a shard that is not what it was: \(words)")
      }
    }
    try await place.withVault(for: .use) { vault in try await VaultRecorder.record(vault, place) }
  }

  private func withTurn<Value>(
    _ place: VaultPlace, for duty: Vault.Duty = .use, _ body: (Vault, RootTurn) async throws -> Value
  ) async throws -> Value {
    try await place.withVault(for: duty) { vault in
      try await Sharding.withTurn(place) { turn in try await body(vault, turn) }
    }
  }

  /// Opens and closes the shards that nobody writes, so that their published checkpoints cover all that was acknowledged.
  private static func finish(_ vault: Vault, _ place: VaultPlace) async throws {
    for log in try ShardedLog.logs(of: place.data) {
      guard let replica = log.replica else { continue }
      do {
        let key = try await vault.logSigningKey()
        try await AuditLog.open(data: log.data, key: key, origin: .shard(of: place.origin, replica)).close()
      } catch let error as LedgerError {
        if error.code != .inUse { StandardError.line("warning: shard \(replica) cannot be opened: \(error)") }
      }
    }
  }
}

/// A shard as a line of a table.
private enum ShardLine {
  private static let widths = [20, 12, 12, 10, 0]

  static func print(_ cells: String...) {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: max(0, width - cell.utf8.count)) + "  "
    }
    StandardOutput.line(String(line.reversed().drop { $0 == " " }.reversed()))
  }

  static func print(_ status: ShardStatus, _ fault: RootFault?, asJSON: Bool) {
    func number(_ count: UInt64?) -> String { count.map { String($0) } ?? "-" }
    guard asJSON else {
      return print(
        status.replica.description, number(status.published), number(status.recorded), String(status.behind),
        status.isOpen ? "open" : "closed")
    }
    let object: JSONValue = [
      "shard": .string(status.replica.description), "published": status.published.map { .number(String($0)) } ?? .null,
      "recorded": status.recorded.map { .number(String($0)) } ?? .null, "behind": .number(String(status.behind)),
      "open": .bool(status.isOpen), "given_up": status.givenUp?.json ?? .null,
      "root_log": .string(fault?.name ?? "whole"),
      "key": status.key.map { .string($0.description) } ?? .null,
    ]
    StandardOutput.line(String(decoding: object.bytes, as: UTF8.self))
  }
}
