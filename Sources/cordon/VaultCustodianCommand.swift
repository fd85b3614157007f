import ArgumentParser
import Bytes
import Ciphers
import Vault

/// `cordon vault custodian`: the people who decide about keys.
struct VaultCustodianCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "custodian", abstract: "Make a person's key, and propose people.",
    subcommands: [Key.self, Add.self])

  /// `cordon vault custodian key`.
  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "key", abstract: "Make your key: it is printed once, and kept nowhere.",
      discussion: "The file goes to standard output, the public half to standard error.")

    @Argument(help: "Your name.")
    var name: String

    @Option(name: .long, help: ArgumentHelp("Seal the key with the passphrase in this file.", valueName: "file"))
    var keyPassphraseFile: String?

    func run() throws {
      var random = SystemRandomNumberGenerator()
      guard let key = CustodianKey(name: name, using: &random) else {
        throw ValidationError("A name is 1 to 64 letters, digits, dots, hyphens and underscores.")
      }
      let text = try VaultOptions.saying("key of `\(name)`") { () throws(VaultError) in
        try key.revealingFile(passphrase: keyPassphraseFile.map { .file($0) })
      }
      if keyPassphraseFile == nil {
        StandardError.line("warning: the key is not sealed: who reads the file can sign for `\(name)`")
      }
      StandardError.line("public \(name)=\(Base64.encode(key.verificationKey.bytes))")
      StandardOutput.line(String(decoding: text.dropLast(), as: UTF8.self))
    }
  }

  /// `cordon vault custodian add`.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Propose to take a person in; a second custodian approves.")

    @OptionGroup var options: VaultOptions
    @OptionGroup var person: PersonOptions

    @Argument(help: "The person's name.")
    var name: String

    @Option(name: .long, help: ArgumentHelp("The public key that the person gave you.", valueName: "key"))
    var publicKey: String

    @Option(
      name: .long,
      help:
        "key_administrator, key_user, auditor, log_administrator, revealer or privacy_officer; may be given several times."
    )
    var role: [Role]

    func validate() throws {
      guard Role.mayGoTogether(Set(role)) else { throw ValidationError("No person may have these roles together.") }
    }

    func run() async throws {
      try await VaultProposing.propose(
        .addCustodian, name, ["key": publicKey, "roles": role.map(\.rawValue).joined(separator: ",")],
        hours: 24, options, person)
    }
  }
}

extension Role: ExpressibleByArgument {}
