import ArgumentParser
import Vault

/// `cordon vault status`: keys with their ages, people, and whether the kill switch is on.
struct VaultStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the keys with their ages, the custodians, and the kill switch.",
    discussion: """
      With `--config` it shows the vendors' keys and the listener's certificate as well. A line that begins with `FINDING` \
      names a key that is older than `vault.rotate_days`, or a secret that should have been changed.
      """)

  @OptionGroup var options: VaultOptions

  func run() async throws {
    try await options.withVault { vault, place in
      let what = "vault in `\(place.data)`"
      let people = try await VaultOptions.saying(what) { () async throws(VaultError) in try await vault.custodians() }
      StandardOutput.line("vault      \(vault.id)")
      StandardOutput.line("switch     \(vault.isLocked ? "LOCKED" : "open")")
      for key in try VaultOptions.saying(what, { () throws(VaultError) in try vault.tenantKeys() }) {
        let due = key.destruction.map { ", destroyed at \($0)" } ?? ""
        StandardOutput.line(
          "key        \(key.key) \(key.isActive ? "active" : key.state.rawValue), made \(key.created), "
            + "\(key.subjects) subjects, \(key.uses) of 4294967296 uses set aside\(due)")
      }
      let ages = try await VaultOptions.saying(what) { () async throws(VaultError) in
        try await KeyAges(vault, place, at: .now())
      }
      for line in ages.lines { StandardOutput.line(line) }
      for person in people {
        StandardOutput.line(
          "custodian  \(person.name) \(person.roles.sorted().map(\.rawValue).joined(separator: ","))")
      }
      StandardOutput.line("waiting    \(try vault.waitingEvents()) events for the log")
    }
  }
}
