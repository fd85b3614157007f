import ArgumentParser
import Backup
import Ciphers
import Vault

/// Whom an age file is encrypted to.
struct RecipientOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Encrypt to the holder of this key; give it once for each.", valueName: "age1…"))
  var recipient: [AgeRecipient] = []

  @Option(name: .long, help: ArgumentHelp("Encrypt under the passphrase in this file instead.", valueName: "file"))
  var passphraseFile: String?

  func validate() throws {
    guard recipient.isEmpty != (passphraseFile == nil) else {
      throw ValidationError("give `--recipient` or `--passphrase-file`, and not both")
    }
  }

  /// Who can open the file, as two people sign it.
  var readers: EscrowReaders { EscrowReaders(recipient.map(\.description)) ?? .passphrase }

  /// Who can open the file.
  func recipients() throws -> Recipients {
    guard let passphraseFile else { return .keys(recipient) }
    return .passphrase(try AgeSecrets.passphrase(in: passphraseFile))
  }
}

extension AgeRecipient: ExpressibleByArgument {}

/// What age files are opened with.
enum AgeSecrets {
  /// The passphrase in a file, without the end of its line.
  static func passphrase(in path: String) throws -> AgePassphrase {
    guard var text = TextFile.contents(of: path) else { throw CommandFailure(.noInput, "\(path): cannot be read") }
    while text.last == 0x0A || text.last == 0x0D { text.removeLast() }
    do throws(CipherError) {
      return try AgePassphrase(SecretBytes(taking: &text))
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): there is no passphrase in it")
    }
  }

  /// What `body` gives with the first identity in the file that opens the archive, or with the passphrase.
  static func opening<Value: ~Copyable>(
    _ archive: String, identity: String?, passphraseFile: String?,
    _ body: (consuming AgeDecryptor) throws(BackupError) -> Value
  ) throws -> Value {
    var failure = BackupError(.cipher(.noMatchingKey))
    if let passphraseFile {
      let decryptor = AgeDecryptor(with: try passphrase(in: passphraseFile))
      do throws(BackupError) { return try body(decryptor) } catch { failure = error }
    }
    for text in try identities(in: identity) {
      let decryptor: AgeDecryptor
      do throws(CipherError) {
        decryptor = AgeDecryptor(with: try AgeIdentity(text: text))
      } catch {
        throw CommandFailure(.unreadableInput, "\(identity ?? ""): a line of it is no identity")
      }
      do throws(BackupError) {
        return try body(decryptor)
      } catch {
        failure = error
        guard error.code == .cipher(.noMatchingKey) else { break }
      }
    }
    throw CommandFailure(failure.code == .missing ? .noInput : .unreadableInput, "\(archive): \(failure)")
  }

  /// The identities of a file as `age-keygen` writes it: one on a line, and lines of remarks.
  private static func identities(in path: String?) throws -> [String] {
    guard let path else { return [] }
    guard let text = TextFile.contents(of: path) else { throw CommandFailure(.noInput, "\(path): cannot be read") }
    return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }.map(String.init)
  }
}
