import ArgumentParser
import Bytes
import Gateway
import Ledger
import Vault

/// `cordon grant remove`: takes an access away.
struct GrantRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take an access away at once, from what runs too.",
    discussion: """
      It counts from the next request on, and what runs by it is stopped within a second; it outlives restarts and other \
      configurations. A proposal is carried out by its name. It works without a passphrase; with one the log says who did \
      it. The reason is kept beside the data; the log has it when it is a name such as INC-2026-014, and never as prose. \
      A role by which a policy forbids is removed only when each such policy is named: without it more may be allowed.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(
    help: ArgumentHelp(
      "The grant, as `cordon grant list` prints it, or the proposal, as `cordon grant unused` does.", valueName: "id"))
  var id: String

  @Option(name: .long, help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A policy that may allow more without the role; each has to be named, and may be given again.",
      valueName: "policy"))
  var lifting: [String] = []

  func validate() throws {
    if let reason, !(1...256).contains(reason.utf8.count) || reason.utf8.contains(where: { $0 < 0x20 }) {
      throw ValidationError("A reason is one line of at most 256 bytes.")
    }
  }

  func run() async throws {
    let place = try options.place()
    let (id, proposal) = try await GrantName.meant(by: try await GrantName.spelled(self.id, place), options, place)
    let lifted = try await LiftedPolicies.of(id, place)
    try LiftedPolicies.check(lifting, lifted, id)
    var removal = RemovedGrants.Removal(
      by: actor.person, because: reason, proposal: proposal, at: Timestamp(milliseconds: Assembly.now()))
    removal.lifting = lifted ?? lifting
    do {
      let change = try RemovedGrants.remove(id, removal, data: place.data)
      guard change.before == nil else { throw CommandFailure(.noInput, "`\(id)` was removed already") }
      StandardOutput.line("removed: \(id)")
      let remark = reason.flatMap { ConfiguredName($0) }?.description
      do {
        try await Recording.record(place) { [actor] vault in
          let code = StoredChange(to: try await vault.code(of: change.after))
          try await vault.note(
            .grantRemoved, about: id.description, by: [actor.person], change: code, remark: remark, approval: proposal)
        }
      } catch {
        // It is done in any case.
        StandardError.line("warning: \((error as? CommandFailure)?.message ?? "\(error)")")
      }
    } catch let error as FileFault {
      throw GrantDesk.failure(error, place.data)
    }
  }
}

/// `cordon grant restore`: gives it back.
struct GrantRestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Give back an access that was removed.",
    discussion: """
      It counts as given anew, as far as the configuration grants it. The log says who did it, or it is not done; a gateway \
      that runs gives it back within a few seconds, when it has read that.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: ArgumentHelp("The grant, as `cordon grant list` prints it.", valueName: "id"))
  var id: String

  func run() async throws {
    let place = try options.place()
    guard let id = ConfiguredName(try await GrantName.spelled(self.id, place)) else {
      throw ValidationError("Nothing can have that name.")
    }
    do {
      guard Recording.hasVault(place) else {
        throw CommandFailure(.noInput, "there is no vault in `\(place.data)`: to restore takes it")
      }
      try await Recording.check(place)
      guard let before = try RemovedGrants.read(data: place.data).content(of: id) else {
        throw CommandFailure(.noInput, "`\(id)` is not removed")
      }
      // What is restored and not in the log would be removed again.
      do {
        try await place.withVault(for: .use) { [actor] vault in
          let code = StoredChange(from: try await vault.code(of: before), by: .unlink)
          try await vault.note(.grantRestored, about: id.description, by: [actor.person], change: code)
          try await VaultRecorder.record(vault, place)
        }
      } catch {
        let reason = (error as? CommandFailure)?.message ?? "\(error)"
        throw CommandFailure(
          .unavailable,
          "`\(id)` stays removed: the log has no event yet that it is restored: \(reason)\n"
            + "help: repeat it once the log takes what waits in the vault")
      }
      _ = try RemovedGrants.restore(id, data: place.data)
      StandardOutput.line("restored: \(id)")
    } catch let error as FileFault {
      throw GrantDesk.failure(error, place.data)
    }
  }
}

/// Which grant a command means.
enum GrantName {
  /// The same with the pseudonym of a person who is named, as in `user:lee@clinic.example/role:clinician`.
  static func spelled(_ text: String, _ place: VaultPlace) async throws -> String {
    let holder = text.prefix { $0 != "/" }.dropFirst(5)
    guard text.hasPrefix("user:"), Pseudonym(String(holder)) == nil else { return text }
    let parts = text.dropFirst(5).split(separator: "/role:")
    guard parts.count == 2, let name = RequestParties.reference(String(parts[0])) else { return text }
    let pseudonym = try await place.withVault(for: .use) { vault in
      try await VaultOptions.saying("the pseudonym") { () async throws(VaultError) in
        try await vault.pseudonym(of: name)
      }
    }
    return "user:\(pseudonym)/role:\(parts[1])"
  }

  /// The grant with this id, or of the proposal with this name, which the log tells of.
  static func meant(
    by text: String, _ options: VaultOptions, _ place: VaultPlace
  ) async throws -> (id: ConfiguredName, proposal: String?) {
    guard let name = ConfiguredName(text) else { throw ValidationError("Nothing can have that name.") }
    guard text.hasPrefix("GP-") else {
      try await check(name, place)
      return (name, nil)
    }
    guard let config = options.config else {
      throw CommandFailure(.noInput, "a proposal is about a configuration\nhelp: `--config cordon.yaml`")
    }
    var reading = GrantOptions()
    (reading.config, reading.passphraseFile) = (config, options.passphraseFile)
    let desk = try await GrantDesk.open(reading)
    guard let item = desk.review.items.first(where: { $0.proposal == text }) else {
      throw CommandFailure(
        .noInput, "there is no proposal `\(text)`\nhelp: `cordon grant unused` prints those that there are")
    }
    if item.used.map({ used in item.given.map { used > $0 } == true }) == true,
      case .used = item.finding
    {
      throw CommandFailure(.noInput, "`\(item.id)` was used again since: remove it by its own name, if it is to go")
    }
    return (item.id, text)
  }

  /// What no configuration grants can be removed nevertheless, but not by mistake.
  private static func check(_ name: ConfiguredName, _ place: VaultPlace) async throws {
    guard let configuration = place.configuration else {
      return StandardError.line("warning: without --config nobody knows whether anything is granted by this name")
    }
    var pseudonyms: [String: Pseudonym] = [:]
    if name.description.hasPrefix("user:") {
      do {
        pseudonyms = try await place.withVault(for: .use) { try await $0.pseudonyms(of: configuration) }
      } catch {
        return StandardError.line("warning: without the vault nobody knows whether anybody is granted this")
      }
    }
    guard configuration.grants.keys.contains(where: { $0.id(pseudonyms) == name }) else {
      throw CommandFailure(
        .noInput, "the configuration grants no `\(name)`\nhelp: `cordon grant list` prints what it grants")
    }
  }
}
