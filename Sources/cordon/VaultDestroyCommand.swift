import ArgumentParser
import Vault

/// `cordon vault destroy`: schedules, or does when the waiting period is over; and the dry run.
struct VaultDestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Schedule a key's destruction, do what is due, or show what would be lost.")

  @OptionGroup var options: VaultOptions

  @Flag(name: .long, help: "Show what becomes unreadable, and change nothing.")
  var dryRun = false

  @Option(name: .long, help: ArgumentHelp("The key, for the dry run: tenant/N or root.", valueName: "key"))
  var key: String?

  @Option(name: .long, help: ArgumentHelp("The proposal to schedule a destruction.", valueName: "id"))
  var proposal: String?

  func validate() throws {
    guard dryRun == (key != nil) else { throw ValidationError("--dry-run and --key go together.") }
    guard !dryRun || proposal == nil else { throw ValidationError("A dry run takes no proposal.") }
  }

  func run() async throws {
    if let proposal { return try await VaultAct.carryOut(proposal, [.destroy], options) }
    try await options.withVault { vault, place in
      if let key {
        guard let key = KeyID(key) else { throw ValidationError("`\(key)` is not the name of a key.") }
        let plan = try VaultOptions.saying("dry run") { () throws(VaultError) in try vault.plan(destroying: key) }
        for line in plan.lines { StandardOutput.line(line) }
        return
      }
      try await VaultRecorder.record(vault, place)
      let events = try await VaultOptions.saying("destruction") { () async throws(VaultError) in
        try await vault.destroyDue()
      }
      try await VaultRecorder.record(vault, place)
      StandardOutput.line("\(events.count) keys destroyed")
      for state in try vault.tenantKeys() where state.state == .pendingDestruction {
        let period = try await VaultOptions.saying("destruction") { () async throws(VaultError) in
          try await vault.waitingPeriod(of: state.key)
        }
        guard let period else { continue }
        StandardOutput.line(
          "\(state.key) waits: \(min(period.counted, period.days)) of \(period.days) days counted on which the vault was in use"
        )
      }
    }
  }
}

extension DestructionPlan {
  fileprivate var lines: [String] {
    var lines = ["key        \(key)", "unreadable \(subjects) subjects' keys and what they seal"]
    lines += byKind.sorted { $0.key.rawValue < $1.key.rawValue }.map { "kind       \($0.key.rawValue) \($0.value)" }
    lines += byDay.sorted { $0.key < $1.key }.map { day, count in
      "made       \(Moment(milliseconds: day * Moment.day).description.prefix(10)) \(count)"
    }
    lines += secrets.map { "secret     \($0.rawValue)" }
    lines += tags.map { "subject    \($0)" }
    if tags.count < subjects { lines.append("           and \(subjects - tags.count) more") }
    lines.append("held       \(held)")
    if let retainedUntil { lines.append("retained   until \(retainedUntil)") }
    return lines
  }
}
