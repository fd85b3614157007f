import ArgumentParser
import Bytes
import Ledger

/// What `cordon log verify --root` prints.
struct ShardedReport {
  private let verification: ShardedVerification

  init(_ verification: ShardedVerification) { self.verification = verification }

  /// Prints it; a fault ends the command with exit code 1.
  func tell(asJSON: Bool) throws {
    if asJSON {
      StandardOutput.line(String(decoding: json.bytes, as: UTF8.self))
    } else {
      for line in lines { StandardOutput.line(line) }
    }
    guard verification.isWhole else { throw ExitCode(1) }
  }

  private var lines: [String] {
    var lines = ["root       \(verification.rootEntries) entries"]
    for shard in verification.shards {
      lines.append(
        "shard      \(shard.replica): \(shard.entries) entries, \(shard.recorded) of them covered by "
          + "\(shard.checkpoints) checkpoint\(shard.checkpoints == 1 ? "" : "s") of the root log")
      lines += shard.givenUp.map { "given up   shard \(shard.replica): \($0)" }
      if let forgotten = shard.forgotten { lines.append("given up   shard \(shard.replica): \(forgotten)") }
    }
    if verification.rootWitnesses > 0 {
      lines.append("held       against \(verification.rootWitnesses) statements of where the root log stood")
    }
    if let size = verification.givenUp {
      lines.append("given up   what the root log said before it was taken as it was, up to \(size) entries")
    }
    lines += verification.repetitions.map {
      "repeated   \($0.id): shard \($0.replica), entry \($0.index), has it once more"
    }
    lines += verification.faults.map { "BAD        \($0)" }
    if verification.isWhole { lines.append("whole      every byte was checked") }
    return lines
  }

  private var json: JSONValue {
    let shards = verification.shards.map { shard -> JSONValue in
      [
        "replica": .string(shard.replica.description), "entries": .number(String(shard.entries)),
        "recorded": .number(String(shard.recorded)), "checkpoints": .number(String(shard.checkpoints)),
        "given_up": .array(shard.givenUp.map(\.json)),
        "given_up_forgotten": shard.forgotten?.json ?? .null,
      ]
    }
    let faults = verification.faults.map { fault -> JSONValue in
      ["shard": fault.replica.map { .string($0.description) } ?? .null, "fault": .string(fault.description)]
    }
    let repetitions = verification.repetitions.map { repetition -> JSONValue in
      [
        "event": .string(repetition.id.description), "shard": .string(repetition.replica.description),
        "entry": .number(String(repetition.index)),
      ]
    }
    return [
      "whole": .bool(verification.isWhole), "root_entries": .number(String(verification.rootEntries)),
      "root_witnesses": .number(String(verification.rootWitnesses)),
      "epoch": .number(String(verification.epoch.number)),
      "given_up": verification.givenUp.map { .number(String($0)) } ?? .null, "shards": .array(shards),
      "repeated": .array(repetitions), "faults": .array(faults),
    ]
  }
}
