import ArgumentParser
import Bytes
import class Foundation.FileManager
import Ledger

/// `cordon log verify`: says whether every byte of the log is as it was written.
struct LogVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of the log, and name the first bad entry.",
    discussion: """
      Exits 0 when the log is whole, 1 when it is not, 66 when there is none. It may run while the gateway does.
      Where there is a vault, the log is held against what it says of it. A log that was cut back together with the vault
      looks whole, and so does one that was written anew with another key: what was not checked is said on standard error. Keep the verifier key and copies of `log/checkpoint`
      on another machine, and give them with `--key` and `--against`.

      With --root the directory holds the shards of several replicas and the root log of their checkpoints: all of them
      are checked, each shard against what the root log recorded, and the root log against what the shards and the \
      vault say of it. `--against` is then a checkpoint of the root log, `root/log/checkpoint`. A shard that two people \
      gave up is checked against what was recorded since; how much was given up is printed, and may be lost.
      """)

  @OptionGroup var directory: DataDirectory

  @Option(name: .long, help: ArgumentHelp("The verifier key, if not the one in the data directory.", valueName: "vkey"))
  var key: VerifierKey?

  @OptionGroup var older: OlderCheckpoints

  @Flag(name: .long, help: "Check the root log and the shards of several replicas.")
  var root = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --root: the verifier key of a shard, if not the one in its directory; may be given again.",
      valueName: "shard=vkey"))
  var shardKey: [ShardKey] = []

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    if !root, !shardKey.isEmpty { throw ValidationError("--shard-key belongs to --root") }
  }

  func run() throws {
    // INVARIANT: what the vault says is read before the log, which may grow meanwhile.
    let mark = root ? nil : try VaultMark.ofLog(data: directory.data)
    if let omission = omission(isMarked: mark != nil) { StandardError.line(omission) }
    if root { return try ShardedReport(verifyingShards()).tell(asJSON: json) }
    let key = try key ?? directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    let checkpoints = try older.signed(by: key)
    let marked = try mark.map { note in
      guard let checkpoint = Checkpoint(note: note, signedBy: key) else {
        throw CommandFailure(
          .unreadableInput, "what the vault in `\(directory.data)` says of the log is not signed by the log's key")
      }
      return checkpoint
    }
    let start = ContinuousClock.now
    let verification = try directory.reading { data throws(LedgerError) in
      do throws(LedgerError) {
        return try AuditLog.verify(data: data, key: key, against: checkpoints + [marked].compactMap(\.self))
      } catch {
        guard error.code == .missing, let marked, marked.size > 0 else { throw error }
        return .gone(from: marked.size)
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    let tiles = verification.isWhole ? TileState(data: directory.data, key: key) : .unchecked
    let report = VerificationReport(
      verification, tiles, older: checkpoints.count, marked: marked?.size, seconds: seconds)
    if json {
      StandardOutput.line(String(decoding: report.json.bytes, as: UTF8.self))
    } else {
      for line in report.lines { StandardOutput.line(line) }
    }
    guard report.isWhole else { throw ExitCode(1) }
  }
}

extension LogVerifyCommand {
  private func verifyingShards() throws -> ShardedVerification {
    var keys: [ReplicaName: VerifierKey] = [:]
    for named in shardKey { keys[named.replica] = named.key }
    return try directory.readingAll { data in
      // INVARIANT: what the vault says is read before the root log, which may grow meanwhile.
      let epochs = try VaultMark.shardEpochs(data: data)
      var witnesses = ShardedVerification.Witnesses(mark: try VaultMark.read(data: data), shards: epochs)
      if !older.against.isEmpty {
        let root = try key ?? Custody.verifier(data: ShardedLog.root(of: data))
        witnesses.older = try older.signed(by: root)
      }
      return try ShardedLog.verify(data: data, rootKey: key, keys: keys, witnesses: witnesses)
    }
  }

  /// What cannot be said when the key was not given.
  static let ownKey =
    "not checked: the key came from the log's own directory; whoever can write there can have replaced both"

  /// What cannot be said with what was given; nil when nothing is left out.
  ///
  /// An older checkpoint is signed by the log's key, and so is a check of the key as well.
  private func omission(isMarked: Bool) -> String? {
    guard older.against.isEmpty else { return nil }
    if key == nil {
      return LogVerifyCommand.ownKey + "\n"
        + "help: give the key that was kept elsewhere with --key"
        + ", and an earlier checkpoint with --against"
    }
    guard !root else {
      return "not checked: whether the root log, the shards and the vault were all put back to an earlier state\n"
        + "help: give an earlier checkpoint of the root log that was kept elsewhere with --against"
    }
    let together = isMarked ? "the vault" : "its checkpoint"
    return "not checked: whether the log was cut back to an earlier state together with \(together)\n"
      + "help: give an earlier checkpoint that was kept elsewhere with --against"
  }
}

extension VerifierKey: ExpressibleByArgument {}

/// The verifier key of a shard, as `NAME=VKEY`.
struct ShardKey: ExpressibleByArgument {
  let replica: ReplicaName
  let key: VerifierKey

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), let replica = ReplicaName(String(argument[..<sign])),
      let key = VerifierKey(String(argument[argument.index(after: sign)...]))
    else { return nil }
    (self.replica, self.key) = (replica, key)
  }
}

/// Checkpoints of the log that were kept elsewhere.
struct OlderCheckpoints: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A checkpoint that the log had earlier, which it must still hold; may be given again.", valueName: "file"))
  var against: [String] = []

  /// The checkpoints in the files, each signed by the log's key.
  func signed(by key: VerifierKey) throws -> [Checkpoint] {
    try against.map { path in
      guard let note = TextFile.contents(of: path) else {
        throw CommandFailure(.noInput, "cannot read the checkpoint `\(path)`")
      }
      guard let checkpoint = Checkpoint(note: note, signedBy: key) else {
        throw CommandFailure(.unreadableInput, "`\(path)` is no checkpoint that this log signed")
      }
      return checkpoint
    }
  }
}

/// How the tiles stand that were derived from the log.
private enum TileState {
  /// All of them lead to the root that was signed.
  case whole
  /// There are none, as after a restore.
  case none
  /// The first that does not, in words.
  case bad(String)
  /// Not looked at: the log itself is not whole.
  case unchecked

  init(data: String, key: VerifierKey) {
    guard FileManager.default.fileExists(atPath: "\(data)/log/tile") else {
      self = .none
      return
    }
    do throws(LedgerError) {
      var reader = try TileReader(data: data, key: key)
      try reader.checkAll()
      self = .whole
    } catch {
      self = .bad(error.description)
    }
  }

  var line: String? {
    switch self {
    case .whole: "tiles      all lead to the root that was signed"
    case .none: "tiles      there are none: `cordon log rebuild` derives them"
    case .bad(let fault): "BAD        tiles: \(fault); `cordon log rebuild` derives them anew"
    case .unchecked: nil
    }
  }

  var isBad: Bool { if case .bad = self { true } else { false } }
}

/// What `cordon log verify` prints.
private struct VerificationReport {
  let verification: Verification
  let tiles: TileState
  /// How many older checkpoints were given.
  let older: Int
  /// Where the vault says that the log stood.
  let marked: UInt64?
  let seconds: Double

  /// Whether neither the log nor what was derived from it was changed.
  var isWhole: Bool { verification.isWhole && !tiles.isBad }

  init(_ verification: Verification, _ tiles: TileState, older: Int, marked: UInt64?, seconds: Double) {
    self.verification = verification
    self.tiles = tiles
    (self.older, self.marked) = (older, marked)
    self.seconds = seconds
  }

  var lines: [String] {
    var lines = [
      "entries    \(verification.entries) in \(verification.segments) segment\(verification.segments == 1 ? "" : "s")",
      "signed     \(verification.checkpointSize) by the published checkpoint, the rest by their seals",
      "read       \(megabytes) MB in \(hundredths(seconds)) s, \(perSecond) entries/s",
    ]
    if verification.parts > 0 { lines.insert("sealed     \(verification.parts) parts beside them", at: 1) }
    if verification.isWhole {
      lines.insert("open       \(verification.openRequests) requests opened and not closed", at: 2)
      if older > 0 { lines.append("held       what \(older) older checkpoints were signed for") }
      if let marked { lines.append("held       the \(marked) entries that the vault says it had") }
    }
    if verification.unfinishedBytes > 0 {
      lines.append("unfinished \(verification.unfinishedBytes) bytes of a batch that was never acknowledged")
    }
    if let line = tiles.line { lines.append(line) }
    if let fault = verification.fault { lines.append("BAD        \(fault)") }
    if isWhole { lines.append("whole      every byte was checked") }
    return lines
  }

  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("whole", .bool(isWhole)),
      ("entries", number(verification.entries)),
      ("parts", number(verification.parts)),
      ("segments", number(verification.segments)),
      ("bytes", number(verification.bytes)),
      ("signed", number(verification.checkpointSize)),
      ("open_requests", number(verification.openRequests)),
      ("older_checkpoints", number(older)),
      ("unfinished_bytes", number(verification.unfinishedBytes)),
      ("entries_per_second", number(perSecond)),
    ]
    if let marked { members.append(("vault_says", number(marked))) }
    if let fault = verification.fault {
      members.append(("first_bad_entry", number(fault.index)))
      members.append(("fault", .string(fault.description)))
    }
    if case .bad(let fault) = tiles { members.append(("tiles", .string(fault))) }
    return .object(members.map { JSONMember($0.0, $0.1) })
  }

  private var perSecond: Int { Int(Double(verification.entries) / max(seconds, 1e-6)) }
  private var megabytes: String { hundredths(Double(verification.bytes) / 1e6) }

  private func number(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }

  private func hundredths(_ value: Double) -> String {
    let count = Int((value * 100).rounded())
    return "\(count / 100).\(count % 100 < 10 ? "0" : "")\(count % 100)"
  }
}
