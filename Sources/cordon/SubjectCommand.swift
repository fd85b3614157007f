import ArgumentParser
import Ciphers
import Vault

/// `cordon subject`: retention, legal holds and disposal of what is kept about one person, by tag.
struct SubjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subject", abstract: "Show, report on, hold and dispose of what is kept about a subject.",
    discussion: """
      A subject is named by its tag, as the log has it. Holds and disposals are proposed and approved by two people: \
      `cordon vault propose shred TAG`, `place_hold TAG`, `release_hold HOLD`.
      """,
    subcommands: [
      SubjectShowCommand.self, SubjectShredCommand.self, SubjectResumeCommand.self, SubjectHoldCommand.self,
      SubjectReleaseCommand.self, SubjectCertificateCommand.self, SubjectReportCommand.self,
    ])
}

/// A subject by its tag.
struct SubjectTag: ExpressibleByArgument {
  let digest: Digest

  init?(argument: String) {
    guard let digest = Digest(hexadecimal: argument) else { return nil }
    self.digest = digest
  }
}

/// `cordon subject show`.
struct SubjectShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show until when a subject is kept, and what holds it.")

  @OptionGroup var options: VaultOptions
  @Argument(help: "The subject's tag.") var tag: SubjectTag

  func run() async throws {
    try await options.withVault { vault, place in
      let outline = try await VaultOptions.saying("subject") { () async throws(VaultError) in
        try await vault.outline(of: tag.digest)
      }
      func day(_ number: Int64) -> Substring { Moment(milliseconds: number * Moment.day).description.prefix(10) }
      StandardOutput.line(
        "subject    \(outline.tag) \(outline.kind.rawValue)\(outline.isShredded ? ", destroyed" : "")")
      StandardOutput.line("used       \(day(outline.createdDay)) to \(day(outline.usedDay))")
      StandardOutput.line("retained   \(outline.retainedUntil.map { "until \($0)" } ?? "for ever")")
      for hold in outline.holds { StandardOutput.line("hold       \(hold)") }
    }
  }
}

/// `cordon subject shred`.
struct SubjectShredCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shred", abstract: "Destroy a subject's key, as two people agreed, and print the certificate.",
    discussion: "Without a proposal it finishes what was announced and broken off.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The proposal to shred, or to purge.", valueName: "id"))
  var proposal: String?

  func run() async throws {
    if let proposal { return try await VaultAct.carryOut(proposal, [.shred, .purge], options) }
    try await options.withVault { vault, place in
      try await VaultRecorder.record(vault, place)
      try await VaultAct.completeShreds(vault, place)
    }
  }
}

/// `cordon subject hold`.
struct SubjectHoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Place a legal hold, as two people agreed.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The proposal to place a hold; it becomes the hold's id.", valueName: "id"))
  var proposal: String

  func run() async throws { try await VaultAct.carryOut(proposal, [.placeHold], options) }
}

/// `cordon subject release`.
struct SubjectReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Release a legal hold, as two people agreed.")

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The proposal to release a hold.", valueName: "id"))
  var proposal: String

  func run() async throws { try await VaultAct.carryOut(proposal, [.releaseHold], options) }
}

/// `cordon subject certificate`.
struct SubjectCertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate", abstract: "Print the certificate of a destroyed key, and check its signature.")

  @OptionGroup var options: VaultOptions
  @Argument(help: "The subject's tag.") var tag: SubjectTag

  func run() async throws {
    try await options.withVault { vault, place in
      let certificate = try VaultOptions.saying("certificate") { () throws(VaultError) in
        try vault.certificate(of: tag.digest)
      }
      let key = try await VaultOptions.saying("certificate") { () async throws(VaultError) in
        try await vault.certificateKey()
      }
      guard certificate.verifies(with: key) else {
        throw CommandFailure(.unreadableInput, "the certificate's signature is not the vault's")
      }
      StandardOutput.line(String(decoding: certificate.bytes, as: UTF8.self))
    }
  }
}
