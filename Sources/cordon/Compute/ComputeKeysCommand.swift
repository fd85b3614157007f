import ArgumentParser
import Ciphers
import EncryptedComputation
import Glibc

/// `cordon compute keys`: the keys of one party.
struct ComputeKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make a secret key, a public key and an evaluation key.",
    discussion: """
      `secret.age` decrypts, and is sealed with the passphrase as an age file. `public.key` goes to those who contribute,
      `evaluation.key` to the one who computes; nothing can be decrypted with either.

      Parameters: `counts-4096` for counts and small sums of one's own numbers, `sums-8192` for sums of many
      contributors, `scores-8192` for scores and lookups.
      """)

  @Argument(help: "The folder to write to; nothing in it is written over.")
  var folder: String

  @Option(name: .long, help: ArgumentHelp("The parameter set.", valueName: "name"))
  var parameters = Parameters.sums8192

  @Option(name: .long, help: ArgumentHelp("The file with the passphrase for the secret key.", valueName: "file"))
  var passphraseFile: String

  func run() throws {
    var random = SystemRandomNumberGenerator()
    let passphrase = try AgeSecrets.passphrase(in: passphraseFile)
    let pair = try ComputationFile.computing("keys") { () throws(ComputationError) in
      try SecretKey.generate(parameters, using: &random)
    }
    let evaluation = try ComputationFile.computing("keys") { () throws(ComputationError) in
      try EvaluationKey(for: pair, using: &random)
    }
    guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw CommandFailure(.outputFailed, "\(folder): cannot be made")
    }
    let sealed = try ComputeKeysCommand.sealed(pair.secret.revealingFile(), passphrase, &random)
    try write(sealed, "secret.age")
    try write(pair.publicKey.file, "public.key")
    try write(evaluation.file, "evaluation.key")
    StandardOutput.line("parameters \(parameters)")
    StandardOutput.line("key        \(evaluation.id)")
  }

  private static func sealed(
    _ secret: borrowing SecretBytes, _ passphrase: borrowing AgePassphrase,
    _ random: inout SystemRandomNumberGenerator
  ) throws -> [UInt8] {
    var result: [UInt8] = []
    do throws(CipherError) {
      var encryptor = try AgeEncryptor(under: passphrase, using: &random)
      try secret.withBytes { bytes in Result { () throws(CipherError) in try encryptor.update(bytes, into: &result) } }
        .get()
      try encryptor.finish(into: &result)
    } catch {
      throw CommandFailure(.unavailable, "the secret key cannot be sealed: \(error)")
    }
    return result
  }

  private func write(_ bytes: [UInt8], _ name: String) throws {
    do throws(FileFailure) {
      var file = try OutputFile("\(folder)/\(name)")
      try file.write(bytes)
      try file.commitWithoutReplacing()
    } catch {
      throw CommandFailure(.outputFailed, error.message)
    }
    if name == "secret.age" { _ = unsafe chmod("\(folder)/\(name)", 0o600) }
  }
}

extension Parameters: ExpressibleByArgument {
  /// The parameter set of this name.
  public init?(argument: String) { self.init(name: argument) }
  /// The name.
  public var defaultValueDescription: String { name }
  /// Every name.
  public static var allValueStrings: [String] { all.map(\.name) }
}
