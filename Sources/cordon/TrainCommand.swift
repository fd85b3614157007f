import ArgumentParser
import Bytes
import Detection
import Training

/// `cordon train`: makes what detection learns from, and learns.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train the sequence tagger of detection, on text about nobody.",
    subcommands: [TrainTaggerCommand.self, TrainSynthesizeCommand.self])
}

/// `cordon train tagger`: fits the tagger's model to labelled text.
struct TrainTaggerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tagger", abstract: "Fit the tagger's model to labelled text, and print how well it learns.",
    discussion: """
      A corpus is a file of lines {"id","text","spans":[{"start","end","label"}]}, offsets in Unicode code points. \
      Documents whose ids share what stands before the last `/` are held out together. The result depends on the \
      corpora, the seed and the number of shards, not on the machine or its cores. Exit codes: 0 trained, 2 bad \
      usage, 65 unreadable corpus, 74 the model could not be written.
      """)

  @Argument(help: "Corpora, as JSON lines.")
  var corpora: [String]

  @Option(name: .shortAndLong, help: "Write the model to this file.")
  var output: String

  @Option(help: "How often every document is read.")
  var epochs = 4

  @Option(help: "How many parts of the corpora are learnt from side by side; as many cores are used.")
  var shards = 4

  @Option(help: "How many of a hundred features of a word are left out each time it is read.")
  var leftOut = 50

  @Option(help: "How large the first steps are.")
  var rate: Float = 0.1

  @Option(help: "The seed of the order in which documents are read.")
  var seed: UInt64 = 1

  @Option(help: "How many of a hundred groups of documents are held out.")
  var heldOut = 10

  @Flag(help: "Print the learning curve too: the same training on an eighth, a quarter and a half of the documents.")
  var curve = false

  func validate() throws {
    if epochs < 1 { throw ValidationError("`--epochs` is above zero") }
    if !(1...64).contains(shards) { throw ValidationError("`--shards` is between 1 and 64") }
    // Not a number is in no range.
    if !(Float.leastNormalMagnitude...10).contains(rate) {
      throw ValidationError("`--rate` is above 0 and at most 10")
    }
    if !(0...90).contains(leftOut) { throw ValidationError("`--left-out` is between 0 and 90") }
    if !(0...90).contains(heldOut) { throw ValidationError("`--held-out` is between 0 and 90") }
  }

  func run() async throws {
    var documents: [GoldDocument] = []
    for path in corpora { documents += try TrainTaggerCommand.documents(in: path) }
    let corpus = await TaggerCorpus(
      documents, scanner: Scanner(tagger: nil), holdingOut: Double(heldOut) / 100)
    StandardOutput.line("\(corpus.training.count) documents to learn from, \(corpus.heldOut.count) held out")
    if curve {
      for share in [0.125, 0.25, 0.5] { _ = await fit(corpus, share) }
    }
    let model = await fit(corpus, 1).model()
    var file = try OutputFile(output)
    try file.write(model)
    try file.commit()
  }

  /// Trains on a share of the documents and prints its epochs.
  private func fit(_ corpus: TaggerCorpus, _ share: Double) async -> TaggerTraining {
    var settings = TaggerTraining.Settings()
    settings.epochs = epochs
    settings.shards = shards
    settings.rate = rate
    settings.leftOut = Double(leftOut) / 100
    settings.seed = seed
    var training = TaggerTraining(settings)
    let examples = share == 1 ? corpus.training : corpus.trainingPart(share)
    StandardOutput.line("\n\(examples.count) documents\nepoch  loss per word  words found  of found marked")
    await training.fit(examples, heldOut: corpus.heldOut) { epoch in
      StandardOutput.line(
        [
          TrainTaggerCommand.padded("\(epoch.number)", 5), TrainTaggerCommand.decimal(epoch.loss, 5, 15),
          TrainTaggerCommand.decimal(epoch.recall * 100, 2, 11) + " %",
          TrainTaggerCommand.decimal(epoch.precision * 100, 2, 14) + " %",
        ].joined())
    }
    return training
  }

  private static func documents(in path: String) throws -> [GoldDocument] {
    var bytes: [UInt8] = []
    try DocumentReader.read(Document(path: path, relativePath: path, size: nil)) { bytes.append(copying: $0) }
    do {
      return try GoldDocument.corpus(bytes)
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private static func decimal(_ value: Double, _ places: Int, _ width: Int) -> String {
    var factor = 1
    for _ in 0..<places { factor *= 10 }
    let scaled = Int((value * Double(factor)).rounded())
    let fraction = padded("\(scaled % factor)", places).replacing(" ", with: "0")
    return padded("\(scaled / factor).\(fraction)", width)
  }
}
