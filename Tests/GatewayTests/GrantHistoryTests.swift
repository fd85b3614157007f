import Bytes
import Ciphers
import Gateway
import Ledger
import TestKit
import Testing

/// What a log says of grants, and what it is too short to say.
struct GrantHistoryTests {
  private static let day: Int64 = 86_400_000
  private static let role = Grant(.caller(id("dr-lee")), .role("clinician"))
  private static let mfa = Grant(.caller(id("dr-lee")), .attestation(.mfa))
  private static let useCase = Grant(.caller(id("dr-lee")), .useCase(id("summarize")))
  private static let tool = Grant(.useCase(id("summarize")), .tool("find", at: id("library")))

  private static func id<Owner>(_ name: String) -> ConfiguredID<Owner> {
    guard let id = ConfiguredID<Owner>(name) else { preconditionFailure("is a name") }
    return id
  }

  private static func key() throws -> SigningKey {
    var seed = [UInt8](repeating: 9, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  private static func entry(_ event: Event, _ day: Int64, _ change: (inout Entry) -> Void = { _ in }) -> Entry {
    var entry = Entry(event, at: Timestamp(milliseconds: day * Self.day))
    change(&entry)
    return entry
  }

  private static func given(_ grant: Grant, _ day: Int64) -> Entry {
    entry(.grantGiven, day) { $0.object = grant.id([:]) }
  }

  private static func asked(_ day: Int64, _ event: Event = .requestOpened, _ change: (inout Entry) -> Void = { _ in })
    -> Entry
  {
    entry(event, day) {
      ($0.caller, $0.useCase) = (ConfiguredName("dr-lee"), ConfiguredName("summarize"))
      change(&$0)
    }
  }

  private func history(_ entries: [Entry], on day: Int64) async throws -> GrantHistory {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    let log = try AuditLog.open(data: data, key: Self.key(), origin: .derived)
    for entry in entries { try await log.append(entry) }
    try await log.close()
    let logs = try ProvedLogs(of: data, signedBy: Self.key().verificationKey, marks: ProvedLogs.Marks())
    return try GrantHistory(logs, until: Timestamp(milliseconds: day * Self.day))
  }

  private func finding(_ grant: Grant, _ entries: [Entry], on day: Int64) async throws -> GrantReview.Finding? {
    let now = Timestamp(milliseconds: day * Self.day)
    let history = try await history(entries, on: day)
    return GrantReview([grant: GrantTerms()], lapsed: [:], by: history, [:], days: 90, at: now).items.first?.finding
  }

  private static func isUnused(_ finding: GrantReview.Finding?) -> Bool {
    if case .unused = finding { true } else { false }
  }

  @Test func `what was used yesterday is not proposed, nor what is young, nor what the log does not know`() async throws
  {
    let begin = Self.entry(.serverStarted, 0)
    let given = Self.given(Self.useCase, 1)
    #expect(Self.isUnused(try await finding(Self.useCase, [begin, given], on: 91)))
    #expect(Self.isUnused(try await finding(Self.useCase, [begin, given, Self.asked(5)], on: 95)))
    #expect(try await finding(Self.useCase, [begin, given, Self.asked(94)], on: 95) == .used)
    // Who is refused needs it as well.
    #expect(try await finding(Self.useCase, [begin, given, Self.asked(94, .requestRefused)], on: 95) == .used)
    #expect(try await finding(Self.useCase, [begin, given], on: 90) == .young)
    // Given back is given anew.
    let restored = Self.entry(.grantRestored, 94) { $0.object = Self.useCase.id([:]) }
    #expect(try await finding(Self.useCase, [begin, given, restored], on: 95) == .young)
    #expect(try await finding(Self.useCase, [begin], on: 95) == .unrecorded)
  }

  @Test func `a log of which a part was given up says nothing of what was before`() async throws {
    let entries = [Self.entry(.serverStarted, 0), Self.given(Self.useCase, 1), Self.entry(.shardGivenUp, 50)]
    #expect(try await finding(Self.useCase, entries, on: 95) == .logTooShort)
    #expect(Self.isUnused(try await finding(Self.useCase, entries, on: 140)))
  }

  @Test func `a log says which backups were made before it went on, and what stays removed`() async throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    let log = try AuditLog.open(data: data, key: Self.key(), origin: .derived)
    let (backup, other) = (Digest(hashing: [1].span), Digest(hashing: [2].span))
    for entry in [
      Self.entry(.backupMade, 1) { $0.object = ConfiguredName(backup.description) },
      Self.entry(.grantRemoved, 2) { $0.object = Self.useCase.id([:]) },
      Self.entry(.grantRemoved, 2) { $0.object = Self.role.id([:]) },
      Self.entry(.grantRestored, 3) { $0.object = Self.role.id([:]) },
    ] { try await log.append(entry) }
    try await log.close()
    let logs = try ProvedLogs(of: data, signedBy: Self.key().verificationKey, marks: ProvedLogs.Marks())
    let history = try GrantHistory(logs, until: Timestamp(milliseconds: 9 * Self.day))
    #expect(history.hasMade(backup.description) && !history.hasMade(other.description))
    #expect(history.standingRemovals.keys.map { $0 } == [Self.useCase.id([:])])
    #expect(history.ends == Timestamp(milliseconds: 3 * Self.day))
  }

  @Test(arguments: [(5, 6), (5, 5), (6, 5), (400, 5), (5, 400)])
  func `what was removed and what restored last counts, whatever the clock said`(
    _ removed: Int64, _ restored: Int64
  ) async throws {
    let id = try #require(Self.useCase.id([:]))
    let removal = Self.entry(.grantRemoved, removed) { $0.object = id }
    let restoration = Self.entry(.grantRestored, restored) { $0.object = id }
    let begin = Self.entry(.serverStarted, 0)
    let one = try await history([begin, removal], on: 10)
    #expect(one.standingRemovals.keys.elementsEqual([id]) && !one.isRestored(id))
    let two = try await history([begin, removal, restoration], on: 10)
    #expect(two.standingRemovals.isEmpty && two.isRestored(id))
    let three = try await history([begin, removal, restoration, removal], on: 10)
    #expect(three.standingRemovals.keys.elementsEqual([id]) && !three.isRestored(id))
  }

  @Test func `of a log the entries of some events are read, from some place on`() async throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    // Time passes here by leaps.
    var limits = AuditLog.Limits()
    limits.clockStep = .seconds(366 * 86_400)
    let log = try AuditLog.open(data: data, key: Self.key(), origin: .derived, limits: limits)
    for entry in [Self.entry(.serverStarted, 1), Self.given(Self.role, 2), Self.asked(4), Self.given(Self.mfa, 3)] {
      try await log.append(entry)
    }
    try await log.close()
    let logs = try ProvedLogs(of: data, signedBy: Self.key().verificationKey, marks: ProvedLogs.Marks())
    let proved = try #require(logs.logs.first)
    for (start, given) in [(UInt64(0), [Self.role, Self.mfa]), (2, [Self.mfa]), (4, [])] {
      var (seen, found) = ([Event](), [String?]())
      let end = try proved.read([.grantGiven], from: start, seeing: { seen.append($0.event) }) { outline, said in
        #expect(outline.event == .grantGiven)
        found.append(said["object"]?.string)
      }
      #expect(found == given.map { $0.id([:])?.description } && end == 4)
      #expect(seen == [.serverStarted, .grantGiven, .requestOpened, .grantGiven].suffix(4 - Int(start)))
    }
  }

  @Test func `roles and what is vouched for are used by what policies were told`() async throws {
    let begin = Self.entry(.serverStarted, 0)
    func told(_ facts: String?, _ grant: Grant) async throws -> GrantReview.Finding? {
      let asked = Self.asked(94) {
        $0.policySet = Digest(hashing: [1].span)
        $0.policyFacts = facts.flatMap { ConfiguredName($0) }
      }
      return try await finding(grant, [begin, Self.given(grant, 1), asked], on: 95)
    }
    #expect(try await told("clinician+reviewer:notes:N:-:managed_device+mfa", Self.role) == .used)
    #expect(try await told("clinician+reviewer:notes:N:-:managed_device+mfa", Self.mfa) == .used)
    #expect(Self.isUnused(try await told("reviewer:notes:N:-:managed_device", Self.role)))
    #expect(Self.isUnused(try await told("reviewer:notes:N:-:managed_device", Self.mfa)))
    // What many requests of a batch were told stands in no entry: each role may have been.
    #expect(try await told(nil, Self.role) == .used)
  }

  @Test func `a tool is used by its calls, and not by another's`() async throws {
    let begin = Self.entry(.serverStarted, 0)
    func called(_ operation: String, _ name: String?) async throws -> GrantReview.Finding? {
      let asked = Self.asked(94) {
        ($0.operation, $0.vendor) = (ConfiguredName(operation), ConfiguredName("library"))
        $0.object = name.flatMap { ConfiguredName($0) }
      }
      return try await finding(Self.tool, [begin, Self.given(Self.tool, 1), asked], on: 95)
    }
    #expect(try await called("tools/call", "find") == .used)
    #expect(try await called("tools/call", nil) == .used)
    #expect(Self.isUnused(try await called("tools/call", "send")))
    #expect(Self.isUnused(try await called("tools/list", nil)))
  }
}
