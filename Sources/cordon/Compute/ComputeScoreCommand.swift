import ArgumentParser
import EncryptedComputation

/// `cordon compute score`: a linear model over encrypted features.
struct ComputeScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score each row by a linear model.",
    discussion: """
      The model is a CSV file with the columns `feature` and `weight`; a feature is the name of a column, and
      `(intercept)` is added to each score. Neither the numbers of the rows nor, by the result, the weights become known
      to the other side, but that enough scores of known rows tell the weights.
      """)

  @Argument(help: "The file that `cordon compute encrypt` wrote.")
  var file: String

  @Option(name: .long, help: ArgumentHelp("The model.", valueName: "weights.csv"))
  var weights: String

  @OptionGroup var evaluation: EvaluationOptions

  func run() throws {
    let key = try evaluation.evaluationKey()
    let table = try ComputationFile.table(file)
    let model = try model()
    var random = SystemRandomNumberGenerator()
    var watch = Stopwatch(.processor)
    let result = try ComputationFile.computing(file) { () throws(ComputationError) in
      try key.score(table, by: model, using: &random)
    }
    try evaluation.write(result, of: key, taking: watch.lap())
  }

  private func model() throws -> LinearScore {
    let fields = try CSVColumns.reading(weights, ["feature", "weight"])
    var features: [(feature: String, weight: LinearScore.Weight)] = []
    var intercept: LinearScore.Weight?
    for (name, text) in zip(fields[0], fields[1]) {
      let weight = try ComputationFile.computing("\(weights): `\(name)`") { () throws(ComputationError) in
        try LinearScore.Weight(parsing: text)
      }
      if name == "(intercept)" { intercept = weight } else { features.append((name, weight)) }
    }
    guard Set(features.map(\.feature)).count == features.count else {
      throw CommandFailure(.unreadableInput, "\(weights): a feature has two weights")
    }
    return LinearScore(weights: features, intercept: intercept)
  }
}
