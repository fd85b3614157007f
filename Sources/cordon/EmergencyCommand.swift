import ArgumentParser
import Bytes
import Gateway
import Ledger
import Vault

/// `cordon emergency`: declares an emergency, and ends it.
struct EmergencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emergency", abstract: "Let what is vital go on when much else has failed.",
    subcommands: [EmergencyBeginCommand.self, EmergencyEndCommand.self, EmergencyStatusCommand.self])
}

/// `cordon emergency begin`: declares one.
struct EmergencyBeginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "begin",
    abstract: "Declare an emergency: use cases that can wait do, others have one more vendor.",
    discussion: """
      It is in force at once, in a running gateway too, and works without a passphrase; with one the log says who did it. \
      The reason is kept beside the data; the log has it when it is a name such as INC-2026-014, and never as prose.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Option(name: .long, help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  func validate() throws {
    if let reason, !(1...256).contains(reason.utf8.count) || reason.utf8.contains(where: { $0 < 0x20 }) {
      throw ValidationError("A reason is one line of at most 256 bytes.")
    }
  }

  func run() async throws {
    let place = try options.place()
    let marker = EmergencyMarker(data: place.data)
    do throws(FileFault) {
      let before = try marker.content()
      try marker.set(Emergency(by: actor.person, because: reason ?? "", at: Timestamp(milliseconds: Assembly.now())))
      StandardOutput.line("an emergency is declared")
      let after = try marker.content()
      let named = reason.flatMap { ConfiguredName("emergency:\($0)") }?.description ?? "emergency"
      await Recording.attempt(.emergencyBegun, about: named, by: actor.person, place) { vault in
        StoredChange(from: try await vault.code(of: before), to: try await vault.code(of: after))
      }
    } catch {
      throw CommandFailure(.outputFailed, "\(place.data)/emergency: \(error)")
    }
  }
}

/// `cordon emergency end`: ends one.
struct EmergencyEndCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "End the emergency: everything is carried as the configuration says.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  func run() async throws {
    let place = try options.place()
    let marker = EmergencyMarker(data: place.data)
    do {
      let before = try marker.content()
      try await Recording.check(place)
      guard try marker.lift() else { throw CommandFailure(.noInput, "no emergency is declared") }
      StandardOutput.line("the emergency is over")
      try await Recording.record(.emergencyEnded, about: "emergency", by: actor.person, place) { vault in
        StoredChange(from: try await vault.code(of: before), by: .unlink)
      }
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(place.data)/emergency: \(error)")
    }
  }
}

/// `cordon emergency status`: whether there is one, and what goes on in it.
struct EmergencyStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say whether there is one, and rank the use cases by what hangs on them.",
    discussion: "It ends with 0 when there is none, and with 3 while there is one.")

  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "cordon.yaml"

  func run() throws {
    let configuration = try Assembly.goodConfiguration(at: config)
    let emergency: Emergency?
    do throws(FileFault) {
      emergency = try EmergencyMarker(data: configuration.dataDirectory).emergency()
    } catch {
      throw CommandFailure(.unreadableInput, "\(configuration.dataDirectory)/emergency: \(error)")
    }
    let said = [
      emergency?.time.map { "since \($0)" }, emergency?.person.map { "by \($0)" },
      emergency?.reason.flatMap { $0.isEmpty ? nil : ": \($0)" },
    ].compactMap(\.self)
    StandardOutput.line(emergency == nil ? "no emergency" : (["emergency"] + said).joined(separator: " "))
    for useCase in configuration.useCases.sorted(by: { ($0.criticality, $0.id.name) < ($1.criticality, $1.id.name) }) {
      let waits = useCase.criticality > configuration.emergency.serves
      StandardOutput.line("\(useCase.criticality.rawValue)  \(useCase.id)  \(waits ? "waits" : "goes on")")
    }
    if emergency != nil { throw ExitCode(3) }
  }
}
