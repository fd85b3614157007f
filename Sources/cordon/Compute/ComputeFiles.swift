import ArgumentParser
import Ciphers
import EncryptedComputation

/// The secret key of computations, in its sealed file.
struct ComputationSecretOptions: ParsableArguments {
  @Option(name: .customLong("secret"), help: ArgumentHelp("The sealed secret key.", valueName: "secret.age"))
  var file: String

  @Option(name: .long, help: ArgumentHelp("The file with the passphrase of the secret key.", valueName: "file"))
  var passphraseFile: String

  /// The key.
  func key() throws -> SecretKey { try ComputationFile.secretKey(in: file, passphraseFile: passphraseFile) }
}

/// The evaluation key, and where a result goes.
struct EvaluationOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The evaluation key.", valueName: "evaluation.key"))
  var key: String

  @Option(name: .long, help: ArgumentHelp("The file to write the encrypted result to.", valueName: "file"))
  var to: String

  func evaluationKey() throws -> EvaluationKey {
    try ComputationFile.naming(key) { content throws(ComputationError) in try EvaluationKey(file: content) }
  }

  /// Writes a result, and says what there is to say of it.
  func write(_ result: EvaluationKey.Result, of key: EvaluationKey, taking seconds: Double) throws {
    try ComputationFile.write(EncryptedTable(key.parameters, key.id, [result.column]).file, to: to)
    StandardOutput.line("rows       \(result.column.count)")
    StandardOutput.line("time       \(Rounded.text(seconds * 1000, decimals: 1)) ms of the processor")
    if let hiding = result.hiding {
      StandardOutput.line("hidden     all but the result, up to 2^-\(hiding.distanceBits)")
    } else {
      StandardOutput.line("hidden     nothing from the key's holder: \(key.parameters) is for their own numbers")
    }
  }
}

/// A column and what its numbers are between, `age=0..120`.
struct ColumnBounds: ExpressibleByArgument {
  let name: String
  let bounds: Bounds

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "="),
      let bounds = try? Bounds(parsing: argument[argument.index(after: equals)...])
    else { return nil }
    name = String(argument[..<equals])
    self.bounds = bounds
  }
}

/// A value of a column that is looked for, `diagnosis=I10`.
struct ColumnValue: ExpressibleByArgument {
  let column: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    column = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

/// Files of keys and of encrypted numbers.
enum ComputationFile {
  static func content(of path: String) throws(CommandFailure) -> [UInt8] {
    guard let content = TextFile.contents(of: path) else {
      throw CommandFailure(.noInput, "\(path): cannot be read")
    }
    return content
  }

  /// What `body` makes of a file, or the failure that names the file.
  static func naming<Value: ~Copyable>(
    _ path: String, _ body: ([UInt8]) throws(ComputationError) -> Value
  ) throws(CommandFailure) -> Value {
    let content = try content(of: path)
    do throws(ComputationError) {
      return try body(content)
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
  }

  /// What `body` computes, or the failure that says why not.
  static func computing<Value: ~Copyable>(
    _ what: String, _ body: () throws(ComputationError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(ComputationError) {
      return try body()
    } catch {
      throw CommandFailure(.unreadableInput, "\(what): \(error)")
    }
  }

  static func table(_ path: String) throws(CommandFailure) -> EncryptedTable {
    try naming(path) { content throws(ComputationError) in try EncryptedTable(file: content) }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    do throws(FileFailure) {
      var file = try OutputFile(path)
      try file.write(bytes)
      try file.commit()
    } catch {
      throw CommandFailure(.outputFailed, error.message)
    }
  }

  static func secretKey(in path: String, passphraseFile: String) throws -> SecretKey {
    let sealed = try content(of: path)
    var decryptor = AgeDecryptor(with: try AgeSecrets.passphrase(in: passphraseFile))
    var opened: [UInt8] = []
    opened.reserveCapacity(sealed.count)
    do throws(CipherError) {
      try decryptor.update(sealed.span, into: &opened)
      try decryptor.finish(into: &opened)
    } catch {
      opened.wipe()
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
    do throws(ComputationError) {
      return try SecretKey(file: &opened)
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
  }
}

/// Measured numbers as text.
enum Rounded {
  static func text(_ value: Double, decimals: Int) -> String {
    let scale = Decimals.power(decimals)
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    return Decimals.text(Int64((value * Double(scale)).rounded()), decimals: decimals)
  }
}
