import ArgumentParser
import Vault

/// `cordon subject resume`: takes an announced destruction back.
struct SubjectResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Use a subject's key again whose destruction was announced and not done.",
    discussion: "A legal hold has to have come in between. The log says who did it.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions
  @Argument(help: "The subject's tag.") var tag: SubjectTag

  func run() async throws {
    let person = actor.person
    try await options.withVault { vault, place in
      // The announcement comes into the log before what takes it back.
      try await VaultRecorder.record(vault, place)
      let event = try await VaultOptions.saying("subject") { () async throws(VaultError) in
        try await vault.resumeUse(of: tag.digest, by: person)
      }
      guard event != nil else { return StandardOutput.line("nothing is announced about the subject") }
      try await VaultRecorder.record(vault, place)
      StandardOutput.line("the subject's key is used again")
    }
  }
}
