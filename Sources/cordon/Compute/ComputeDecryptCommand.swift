import ArgumentParser
import EncryptedComputation

/// `cordon compute decrypt`: the numbers of a file.
struct ComputeDecryptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decrypt", abstract: "Decrypt a result, as CSV.",
    discussion: """
      A ciphertext with more noise, or other numbers, than its file declares is refused: it was damaged, or not made as it
      should be. Do not tell the one who computed whether it was.
      """)

  @Argument(help: "The encrypted file.")
  var file: String

  @OptionGroup var secret: ComputationSecretOptions

  @Option(name: .long, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var to: String?

  func run() throws {
    let key = try secret.key()
    let table = try ComputationFile.table(file)
    guard table.key == key.id, table.parameters == key.parameters else {
      throw CommandFailure(.unreadableInput, "\(file): it belongs to the key \(table.key), not to \(key.id)")
    }
    var columns: [(bounds: Bounds, values: [Int64])] = []
    for column in table.columns {
      let values = try ComputationFile.computing("\(file): column `\(column.name)`") { () throws(ComputationError) in
        try key.decrypt(column)
      }
      columns.append((column.bounds, values))
    }
    guard let rows = columns.first?.values.count, columns.allSatisfy({ $0.values.count == rows }) else {
      throw CommandFailure(.unreadableInput, "\(file): the columns differ in length")
    }
    var text = table.columns.map { CSVColumns.field($0.name) }.joined(separator: ",") + "\n"
    for row in 0..<rows {
      let fields = columns.map { Decimals.text($0.values[row], decimals: $0.bounds.decimals) }
      text += fields.joined(separator: ",") + "\n"
    }
    if let to { return try ComputationFile.write(Array(text.utf8), to: to) }
    StandardOutput.line(String(text.dropLast()))
  }
}

/// `cordon compute show`: what everyone may know of an encrypted file.
struct ComputeShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what an encrypted file says of itself.")

  @Argument(help: "The encrypted file.")
  var file: String

  func run() throws {
    let table = try ComputationFile.table(file)
    StandardOutput.line("parameters \(table.parameters)")
    StandardOutput.line("key        \(table.key)")
    for column in table.columns {
      let budget = Rounded.text(column.budgetBits(table.parameters), decimals: 1)
      StandardOutput.line(
        "column     \(column.name): \(column.kind), \(column.count) rows, \(column.bounds.description), "
          + "\(budget) bits of noise budget")
    }
  }
}
