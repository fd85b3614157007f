import ArgumentParser
import EncryptedComputation

/// `cordon compute encrypt`: columns of a CSV file, encrypted.
struct ComputeEncryptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encrypt", abstract: "Encrypt columns of a CSV file.",
    discussion: """
      Each column is given with the smallest and the largest number that it may hold, written with as many decimals as its
      numbers have: `--column age=0..120 --column creatinine=0.00..20.00`. A number outside is refused, and the bounds go
      with the ciphertext. `--indicator diagnosis=I10` makes a column of ones and zeros: in which rows it is so.

      Names of columns, bounds and the number of rows are not encrypted.
      """)

  @Argument(help: "The CSV file; its first line has the names.")
  var input: String

  @Option(name: .long, help: ArgumentHelp("A column of numbers, and their bounds.", valueName: "name=0..120"))
  var column: [ColumnBounds] = []

  @Option(name: .long, help: ArgumentHelp("A column, and the value to look for in it.", valueName: "name=value"))
  var indicator: [ColumnValue] = []

  @Option(name: .long, help: ArgumentHelp("The public key to encrypt with.", valueName: "public.key"))
  var key: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The secret key to encrypt with instead: files are half as large.", valueName: "secret.age"))
  var secret: String?

  @Option(name: .long, help: ArgumentHelp("The file with the passphrase of the secret key.", valueName: "file"))
  var passphraseFile: String?

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
  var to: String

  func validate() throws {
    guard (key == nil) != (secret == nil), (secret == nil) == (passphraseFile == nil) else {
      throw ValidationError("give `--key`, or `--secret` with `--passphrase-file`")
    }
    guard !(column.isEmpty && indicator.isEmpty) else { throw ValidationError("give `--column` or `--indicator`") }
    let names = Set(column.map(\.name) + indicator.map { "\($0.column)=\($0.value)" })
    guard names.count == column.count + indicator.count else { throw ValidationError("a column is given twice") }
  }

  func run() throws {
    let fields = try CSVColumns.reading(input, column.map(\.name) + indicator.map(\.column))
    var numbers: [(name: String, bounds: Bounds, values: [Int64])] = []
    for (wanted, texts) in zip(column, fields) {
      numbers.append((wanted.name, wanted.bounds, try units(texts, wanted)))
    }
    for (wanted, texts) in zip(indicator, fields.dropFirst(column.count)) {
      numbers.append(("\(wanted.column)=\(wanted.value)", Bounds(0...1), texts.map { $0 == wanted.value ? 1 : 0 }))
    }
    let table = try secret.map { try encrypt(numbers, secret: $0) } ?? encrypt(numbers, key: key ?? "")
    try ComputationFile.write(table.file, to: to)
    StandardOutput.line("rows       \(table.columns.first?.count ?? 0)")
    StandardOutput.line("columns    \(table.columns.map(\.name).joined(separator: ", "))")
  }

  private func units(_ texts: [String], _ column: ColumnBounds) throws -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(texts.count)
    for (row, text) in texts.enumerated() {
      do throws(ComputationError) {
        values.append(try Decimals.units(of: text, decimals: column.bounds.decimals))
      } catch {
        throw CommandFailure(.unreadableInput, "\(input): row \(row + 1) of `\(column.name)`: \(error)")
      }
      guard column.bounds.range.contains(values[row]) else {
        throw CommandFailure(
          .unreadableInput, "\(input): row \(row + 1) of `\(column.name)`: the number is outside its bounds")
      }
    }
    return values
  }

  private func encrypt(
    _ numbers: [(name: String, bounds: Bounds, values: [Int64])], key path: String
  ) throws -> EncryptedTable {
    let key = try ComputationFile.naming(path) { content throws(ComputationError) in try PublicKey(file: content) }
    var random = SystemRandomNumberGenerator()
    var columns: [EncryptedColumn] = []
    for (name, bounds, values) in numbers {
      columns.append(
        try ComputationFile.computing("column `\(name)`") { () throws(ComputationError) in
          try key.encrypt(values, name: name, bounds: bounds, using: &random)
        })
    }
    return EncryptedTable(key.parameters, key.id, columns)
  }

  private func encrypt(
    _ numbers: [(name: String, bounds: Bounds, values: [Int64])], secret path: String
  ) throws -> EncryptedTable {
    let key = try ComputationFile.secretKey(in: path, passphraseFile: passphraseFile ?? "")
    var random = SystemRandomNumberGenerator()
    var columns: [EncryptedColumn] = []
    for (name, bounds, values) in numbers {
      columns.append(
        try ComputationFile.computing("column `\(name)`") { () throws(ComputationError) in
          try key.encrypt(values, name: name, bounds: bounds, using: &random)
        })
    }
    return EncryptedTable(key.parameters, key.id, columns)
  }
}
