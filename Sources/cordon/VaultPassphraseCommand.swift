import ArgumentParser
import Vault

/// `cordon vault passphrase`: another passphrase for the key file.
struct VaultPassphraseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "Seal the key file with another passphrase.",
    discussion: """
      The keys stay the same: who has an old copy of the file and the old passphrase still has them. Rotate the root \
      key when that may be so. A running gateway needs the new passphrase where it reads its own.
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The file with the new passphrase.", valueName: "file"))
  var newPassphraseFile: String

  func run() throws {
    try VaultOptions.saying("key file in `\(options.keys)`") { () throws(VaultError) in
      let provider = try LocalProvider(folder: options.keys, passphrase: options.passphrase)
      try provider.changePassphrase(to: .file(newPassphraseFile))
    }
    StandardOutput.line("the key file has a new passphrase")
  }
}
