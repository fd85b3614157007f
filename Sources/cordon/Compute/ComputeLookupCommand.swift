import ArgumentParser
import EncryptedComputation

/// `cordon compute query`: a question for one row of somebody else's table.
struct ComputeQueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Ask for one row of a table, without telling which.")

  @Option(name: .long, help: ArgumentHelp("The row, from 1.", valueName: "number"))
  var row: Int

  @Option(name: .long, help: ArgumentHelp("How many rows the table has.", valueName: "count"))
  var of: Int

  @Option(name: .long, help: ArgumentHelp("The column that is asked for.", valueName: "name"))
  var column: String

  @OptionGroup var secret: ComputationSecretOptions

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
  var to: String

  func run() throws {
    let key = try secret.key()
    var random = SystemRandomNumberGenerator()
    let query = try ComputationFile.computing("query") { () throws(ComputationError) in
      try key.query(row: row - 1, of: of, name: column, using: &random)
    }
    try ComputationFile.write(EncryptedTable(key.parameters, key.id, [query]).file, to: to)
  }
}

/// `cordon compute lookup`: the answer to such a question.
struct ComputeLookupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup", abstract: "Answer a query with one number of a table, without knowing which.",
    discussion: """
      The table is a CSV file of your own. Whoever asked gets one number; which other numbers there are stays unknown to
      them.
      """)

  @Argument(help: "The file that `cordon compute query` wrote.")
  var query: String

  @Option(name: .long, help: ArgumentHelp("The table.", valueName: "table.csv"))
  var table: String

  @Option(name: .long, help: ArgumentHelp("The column to look up in, and its bounds.", valueName: "name=0..999"))
  var column: ColumnBounds

  @OptionGroup var evaluation: EvaluationOptions

  func run() throws {
    let key = try evaluation.evaluationKey()
    let asked = try ComputationFile.table(query)
    try ComputationFile.computing(query) { () throws(ComputationError) in try key.check(asked) }
    guard let question = asked.column(column.name) else {
      throw CommandFailure(.unreadableInput, "\(query): it does not ask for `\(column.name)`")
    }
    let fields = try CSVColumns.reading(table, [column.name])
    let values = try ComputationFile.computing("\(table): column `\(column.name)`") { () throws(ComputationError) in
      var values: [Int64] = []
      for text in fields[0] { values.append(try Decimals.units(of: text, decimals: column.bounds.decimals)) }
      return values
    }
    var random = SystemRandomNumberGenerator()
    var watch = Stopwatch(.processor)
    let result = try ComputationFile.computing("\(table): column `\(column.name)`") { () throws(ComputationError) in
      try key.lookUp(question, in: values, bounds: column.bounds, using: &random)
    }
    try evaluation.write(result, of: key, taking: watch.lap())
  }
}
