import ArgumentParser
import Ciphers
import Glibc
import Ledger
import PHI

/// `cordon log measure`: tells how fast a log takes entries and is checked.
struct LogMeasureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Append full entries to a new log, check it and read it, and tell how long that takes.",
    discussion: """
      What making the entries takes, and sealing their parts, is told apart: it is the caller's work. The log is made in a folder that must not exist. Before and after, blocks as long as the batches turned out to be
      are written and synchronised on the same disk: what the disk alone can do.
      """,
    shouldDisplay: false)

  @Option(name: .long, help: ArgumentHelp("The folder to make the log in.", valueName: "directory"))
  var folder: String

  @Option(name: .long, help: ArgumentHelp("How many entries to append.", valueName: "count"))
  var entries = 200_000

  @Option(name: .long, help: ArgumentHelp("How many appends wait at one time.", valueName: "count"))
  var inFlight = 256

  @Flag(name: .long, help: "Seal the part of each entry within the measured time.")
  var sealing = false

  @Flag(name: .long, help: "Publish checkpoints, and tiles before them, within the measured time.")
  var publishing = false

  @Flag(name: .long, help: "Append and check only: for a profile, or for many entries.")
  var brief = false

  @Flag(name: .long, help: "Make a root log, and tell how long a command takes to read it.")
  var root = false

  func run() async throws {
    guard entries > 0, inFlight > 0 else { throw CommandFailure(.unreadableInput, "nothing to measure") }
    guard unsafe access(folder, F_OK) != 0 else { throw CommandFailure(.unreadableInput, "\(folder) exists") }
    guard unsafe mkdir(folder, 0o700) == 0 else { throw CommandFailure(.outputFailed, "cannot make \(folder)") }
    guard !root else { return try await measureRoot() }
    var generator = SystemRandomNumberGenerator()
    let data = "\(folder)/data"
    let sample = try MeasuredEntry(using: &generator)
    var limits = AuditLog.Limits()
    if !publishing { limits.checkpointInterval = .seconds(86_400) }
    let ledger = try AuditLog.open(
      data: data, key: SigningKey(seed: SecretBytes(count: 32, using: &generator)), limits: limits)

    let made = ProcessUsage.now()
    let samples = min(entries, 100_000)
    for number in 0..<samples { _ = try sample.make(number, sealing: sealing) }
    let making = (ProcessUsage.now() - made).seconds / Double(samples) * 1e6

    let first = try brief ? nil : DiskSpeed(folder, blockLength: inFlight / 2 * sample.recordLength)
    let usage = ProcessUsage.now()
    let (entries, inFlight, sealing) = (entries, inFlight, sealing)
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<inFlight {
        let count = entries / inFlight + (task < entries % inFlight ? 1 : 0)
        group.addTask {
          for number in 0..<count {
            do throws(LedgerError) {
              try await sample.append(to: ledger, task, number, sealing: sealing)
            } catch {
              StandardError.line("\(error)")
            }
          }
        }
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    let spent = ProcessUsage.now() - usage
    try await ledger.close()
    let batches = max(1, ledger.batches)
    let rate = Double(entries) / seconds
    let mean = Double(entries) / Double(batches)
    StandardOutput.line(
      "\(entries) entries of \(sample.recordLength) bytes, \(inFlight) in flight: \(Int(rate)) appends/s, "
        + "\(tenths(spent.seconds / Double(entries) * 1e6)) us CPU an entry "
        + "(\(tenths(spent.user / Double(entries) * 1e6)) user, \(tenths(making)) of all to make the entry), "
        + "\(batches) batches of \(tenths(mean)), "
        + "\(spent.switches) context switches, \(ProcessUsage.now().peakMegabytes) MB at most")
    if let first {
      let second = try DiskSpeed(folder, blockLength: Int(mean * Double(sample.recordLength)))
      let possible = (first.perSecond + second.perSecond) / 2 * mean
      StandardOutput.line(
        "disk alone \(Int(first.perSecond)) and \(Int(second.perSecond)) synchronised blocks/s of a batch's length: "
          + "\(Int(possible)) entries/s, of which \(tenths(100 * rate / possible)) % were reached")
    }
    let checked = ContinuousClock.now
    let before = ProcessUsage.now()
    let verification = try AuditLog.verify(data: data, key: Custody.verifier(data: data))
    let took = checked.duration(to: .now) / .seconds(1)
    StandardOutput.line(
      "verify \(verification.isWhole ? "whole" : "BAD") \(verification.entries) entries, \(verification.bytes) bytes: "
        + "\(Int(Double(verification.entries) / took)) entries/s, \(Int(Double(verification.bytes) / took / 1e6)) MB/s, "
        + "\(tenths((ProcessUsage.now() - before).seconds / Double(entries) * 1e6)) us CPU an entry, "
        + "\(ProcessUsage.now().peakMegabytes) MB at most")
    guard !brief else { return }
    try measureReceipts(of: data)
    try measureSearch(of: data)
  }

  func tenths(_ value: Double) -> String {
    let count = Int((value * 10).rounded())
    return "\(count / 10).\(abs(count % 10))"
  }
}

/// An entry with every member that the closing of a request has, and its sealed part.
struct MeasuredEntry: Sendable {
  private let entry: Entry
  private let text: [UInt8]
  private let part: SealedPart
  private let key: Key
  private static let context = Array("measure".utf8)

  /// A key that tasks share.
  private final class Key: Sendable {
    let key: SubjectKey
    init(_ key: consuming SubjectKey) { self.key = key }
  }

  init(using generator: inout some RandomNumberGenerator) throws {
    let key = Key(try SubjectKey(secret: SecretBytes(count: 32, using: &generator)))
    let text = Array(#"{"patient":"MRN-00482913","name":"Maria Example","encounter":"2026-11-21/4411"}"#.utf8)
    let part = try key.key.seal(text.span, context: MeasuredEntry.context, using: &generator)
    var entry = Entry(.requestRefused, at: .now())
    let subject = key.key.tag("subject", text.span)
    entry.parts = [
      PartReference(subject: subject, digest: part.digest, commitment: part.commitment, length: part.bytes.count)
    ]
    entry.caller = ConfiguredName("ward-7")
    entry.user = Pseudonym(code: [UInt8](repeating: 0xAB, count: 16))
    entry.client = ConfiguredName("10.20.30.40")
    entry.server = ConfiguredName("replica-1")
    entry.useCase = ConfiguredName("discharge-summary")
    entry.purpose = ConfiguredName("treatment")
    entry.vendor = ConfiguredName("openai")
    entry.agreement = ConfiguredName("baa-2026-01")
    entry.model = ModelName("gpt-4o-2024-08-06")
    entry.profile = ConfiguredName("safe-harbor")
    entry.decision = .allow
    entry.policy = ConfiguredName("hospital-7")
    entry.rule = ConfiguredName("use-case/discharge-summary")
    entry.outcome = .completed
    entry.object = ConfiguredName("record-3")
    entry.people = [Pseudonym(code: [UInt8](repeating: 1, count: 16))].compactMap(\.self)
    entry.identifiers = [.name: 12, .date: 7, .medicalRecordNumber: 1, .phone: 2, .city: 3]
    entry.knownIdentifiers = 3
    entry.promptTokens = 812
    entry.completionTokens = 230
    entry.microseconds = [.detection: 812, .vendor: 912_333, .total: 914_000]
    entry.status = 200
    entry.sent = part.digest
    entry.received = part.commitment
    entry.tags = [key.key.tag("encounter", text.span)]
    entry.blobs = [part.digest]
    (self.entry, self.key, self.text, self.part) = (entry, key, text, part)
  }

  /// The bytes of its records with their heads.
  var recordLength: Int { named(0, 0).json.count + 16 + part.bytes.count + 16 }

  func append(to ledger: AuditLog, _ task: Int, _ number: Int, sealing: Bool) async throws(LedgerError) {
    var entry = named(task, number)
    let part = sealing ? try sealed(&entry) : part
    try await ledger.append(entry, sealing: [part])
  }

  /// Makes an entry as `append` does, to tell what that takes by itself.
  @inline(never) func make(_ number: Int, sealing: Bool) throws(LedgerError) -> Entry {
    var entry = named(0, number)
    if sealing { _ = try sealed(&entry) }
    return entry
  }

  /// The id of the request that a task's entry of this number is about.
  static func request(_ task: Int, _ number: Int) -> RequestID? {
    RequestID("measured-\(1000 + task)-\(10_000_000 + number)")
  }

  /// Seals the part anew and has the entry refer to it.
  private func sealed(_ entry: inout Entry) throws(LedgerError) -> SealedPart {
    var generator = SystemRandomNumberGenerator()
    let part: SealedPart
    do throws(CipherError) {
      part = try key.key.seal(text.span, context: MeasuredEntry.context, using: &generator)
    } catch {
      throw LedgerError(.invalidKey)
    }
    entry.parts[0].digest = part.digest
    entry.parts[0].commitment = part.commitment
    return part
  }

  private func named(_ task: Int, _ number: Int) -> Entry {
    var entry = entry
    entry.time = .now()
    entry.request = MeasuredEntry.request(task, number)
    return entry
  }
}

/// How often a second a block can be appended to a file and made durable.
private struct DiskSpeed {
  let perSecond: Double

  init(_ folder: String, blockLength: Int) throws {
    let path = "\(folder)/blocks"
    let file = unsafe open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    guard file >= 0 else { throw CommandFailure(.outputFailed, "cannot write in \(folder)") }
    defer {
      close(file)
      unsafe unlink(path)
    }
    let block = [UInt8](repeating: 0x41, count: max(1, blockLength))
    let start = ContinuousClock.now
    var blocks = 0
    var seconds = 0.0
    while seconds < 2 {
      let written = unsafe block.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
      guard written == block.count, fdatasync(file) == 0 else {
        throw CommandFailure(.outputFailed, "cannot write in \(folder)")
      }
      blocks += 1
      seconds = start.duration(to: .now) / .seconds(1)
    }
    perSecond = Double(blocks) / seconds
  }
}

/// What the process has used up so far.
struct ProcessUsage {
  var user: Double
  var system: Double
  var switches: Int
  var peakMegabytes: Int

  var seconds: Double { user + system }

  static func now() -> ProcessUsage {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessUsage(
      user: seconds(usage.ru_utime), system: seconds(usage.ru_stime), switches: usage.ru_nvcsw + usage.ru_nivcsw,
      peakMegabytes: usage.ru_maxrss / 1024)
  }

  static func - (left: ProcessUsage, right: ProcessUsage) -> ProcessUsage {
    ProcessUsage(
      user: left.user - right.user, system: left.system - right.system, switches: left.switches - right.switches,
      peakMegabytes: left.peakMegabytes)
  }
}
