import ArgumentParser
import Bytes
import Gateway
import Ledger
import Vault

/// `cordon kill`: stops everything for a vendor, a model or a use case.
struct KillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "Stop everything for a vendor, a model or a use case, answers under way too.",
    discussion: """
      A running gateway stops within a second; one that is started later does not begin. It works without a passphrase; \
      with one the log says who did it. The reason is kept beside the data and printed by --list; the log has it when \
      it is a name such as INC-2026-014, and never as prose.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: ArgumentHelp("What has this name: a vendor, a model, a use case.", valueName: "name"))
  var name: String?

  @Option(name: .long, help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  @Flag(name: .long, help: "Let it go on.")
  var lift = false

  @Flag(name: .long, help: "Print what is stopped, by whom and why.")
  var list = false

  func validate() throws {
    guard list != (name != nil) else { throw ValidationError("Give the name of what to stop, or --list.") }
    guard !list || !lift else { throw ValidationError("--list changes nothing.") }
    if let reason, !(1...256).contains(reason.utf8.count) || reason.utf8.contains(where: { $0 < 0x20 }) {
      throw ValidationError("A reason is one line of at most 256 bytes.")
    }
  }

  func run() async throws {
    let place = try options.place()
    let markers = StopMarkers(data: place.data)
    do {
      guard let name else {
        for stop in try markers.stops() { StandardOutput.line(stop.line) }
        return
      }
      guard let model = ModelName(name) else { throw ValidationError("Nothing can have that name.") }
      let before = try markers.content(of: model)
      if lift {
        try await Recording.check(place)
        guard try markers.lift(model) else { throw CommandFailure(.noInput, "`\(name)` is not stopped") }
        StandardOutput.line("lifted: \(name)")
        try await Recording.record(.trafficResumed, about: object(name), by: actor.person, place) { vault in
          StoredChange(from: try await vault.code(of: before), by: .unlink)
        }
      } else {
        let reason = reason ?? ""
        try markers.set(Stop(model, by: actor.person, because: reason, at: Timestamp(milliseconds: Assembly.now())))
        StandardOutput.line("stopped: \(name)\(try kinds(of: name))")
        let after = try markers.content(of: model)
        await Recording.attempt(.trafficStopped, about: object(name), by: actor.person, place) { vault in
          StoredChange(from: try await vault.code(of: before), to: try await vault.code(of: after))
        }
      }
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(place.data)/kill: \(error)")
    }
  }

  /// The name as the log has it, with the reason where that is a name as well.
  private func object(_ name: String) -> String {
    guard let reason, !lift, let both = ConfiguredName("\(name):\(reason)") else { return name }
    return both.description
  }

  /// What has the name, where a configuration is given; that nothing has is told after the stop, never in its place.
  private func kinds(of name: String) throws -> String {
    guard let config = options.config else { return "" }
    let configuration = try Assembly.goodConfiguration(at: config)
    var kinds: [String] = []
    if configuration.vendors.contains(where: { $0.id.name == name }) { kinds.append("vendor") }
    if configuration.useCases.contains(where: { $0.models.contains { $0.description == name } }) {
      kinds.append("model")
    }
    if configuration.useCases.contains(where: { $0.id.name == name }) { kinds.append("use case") }
    if kinds.isEmpty { StandardError.line("warning: \(config) has no vendor, model or use case of this name") }
    return kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))"
  }
}

extension Stop {
  /// The stop as a line: what, since when, by whom, why.
  fileprivate var line: String {
    let said = [time.map { "since \($0)" }, person.map { "by \($0)" }, reason.flatMap { $0.isEmpty ? nil : ": \($0)" }]
    return ([name.description] + said.compactMap(\.self)).joined(separator: " ")
  }
}
