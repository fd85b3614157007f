import ArgumentParser
import Ciphers
import Gateway
import Vault

/// `cordon vault passphrase`: another passphrase for the key file.
struct VaultPassphraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "Seal the key file with another passphrase.",
    discussion: """
      The keys stay the same: who has an old copy of the file and the old passphrase still has them. Rotate the root \
      key when that may be so. A running gateway needs the new passphrase where it reads its own. The log has an entry of
      the change, with the digest of the new file.
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The file with the new passphrase.", valueName: "file"))
  var newPassphraseFile: String

  func run() async throws {
    let place = try options.place()
    guard case .local(passphrase: let passphrase) = place.settings.provider else {
      throw CommandFailure(.badConfiguration, "the root key is in no key file")
    }
    let before = TextFile.contents(of: "\(place.keys)/vault.key").map { Digest(hashing: $0.span) }
    try VaultOptions.saying("key file in `\(place.keys)`") { () throws(VaultError) in
      let provider = try LocalProvider(
        folder: place.keys, passphrase: passphrase?.passphrase ?? VaultOptions.source(nil))
      try provider.changePassphrase(to: .file(newPassphraseFile))
    }
    StandardOutput.line("the key file has a new passphrase")
    let changed = try VaultPlace(config: options.config, data: options.folder, passphraseFile: newPassphraseFile)
    try await changed.withVault { vault in
      let content = TextFile.contents(of: "\(changed.keys)/vault.key") ?? []
      let file = Digest(hashing: content.span)
      _ = try await VaultOptions.saying("the log entry of the change") { () async throws(VaultError) in
        try await vault.note(
          .keyFileSealed, about: file.description, change: StoredChange(from: before, to: file))
      }
      try await VaultRecorder.record(vault, changed)
    }
  }
}
