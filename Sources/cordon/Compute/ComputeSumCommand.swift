import ArgumentParser
import EncryptedComputation

/// Which encrypted columns are summed.
struct SummandOptions: ParsableArguments {
  @Argument(help: "Files that `cordon compute encrypt` wrote.")
  var files: [String]

  @Option(name: .long, help: ArgumentHelp("The column to take from each.", valueName: "name"))
  var column: String

  /// The columns, and how long they took to read.
  func columns(for key: EvaluationKey) throws -> [EncryptedColumn] {
    var columns: [EncryptedColumn] = []
    for path in files {
      let table = try ComputationFile.table(path)
      try ComputationFile.computing(path) { () throws(ComputationError) in try key.check(table) }
      guard let found = table.column(column) else {
        throw CommandFailure(.unreadableInput, "\(path): no column is named `\(column)`")
      }
      columns.append(found)
    }
    return columns
  }

  /// Writes what `compute` makes of the columns.
  func write(
    _ evaluation: EvaluationOptions,
    _ compute: (EvaluationKey, [EncryptedColumn], inout SystemRandomNumberGenerator) throws(ComputationError) ->
      EvaluationKey.Result
  ) throws {
    let key = try evaluation.evaluationKey()
    let columns = try columns(for: key)
    var random = SystemRandomNumberGenerator()
    var watch = Stopwatch(.processor)
    let result = try ComputationFile.computing("column `\(column)`") { () throws(ComputationError) in
      try compute(key, columns, &random)
    }
    try evaluation.write(result, of: key, taking: watch.lap())
  }
}

/// `cordon compute sum`: the encrypted sum of a column, over one file or many.
struct ComputeSumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sum", abstract: "Sum a column over all rows of all files.",
    discussion: "A sum that the declared bounds would allow to exceed the plaintext modulus is refused.")

  @OptionGroup var summands: SummandOptions
  @OptionGroup var evaluation: EvaluationOptions

  func run() throws {
    try summands.write(evaluation) { key, columns, random throws(ComputationError) in
      try key.sum(columns, using: &random)
    }
  }
}

/// `cordon compute count`: how many rows have a one, encrypted.
struct ComputeCountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "Count the rows in which a column of ones and zeros has a one.")

  @OptionGroup var summands: SummandOptions
  @OptionGroup var evaluation: EvaluationOptions

  func run() throws {
    try summands.write(evaluation) { key, columns, random throws(ComputationError) in
      try key.count(columns, using: &random)
    }
  }
}
