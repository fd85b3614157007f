import Bytes
import Detection

/// The score of one corpus.
struct Evaluation: Sendable {
  /// The name of the corpus.
  let name: String
  /// How many documents it has.
  let documents: Int
  /// What was counted.
  let score: Score

  /// Scores what was found in a corpus.
  init(_ corpus: ScannedCorpus) {
    var score = Score()
    corpus.forEach { score.count($0, in: $1) }
    self.score = score
    documents = corpus.documents.count
    name = corpus.name
  }

  /// The score as JSON.
  var json: JSONValue {
    let labels = score.labels.sorted { $0.key < $1.key }.map { label, spans in
      JSONMember(
        label,
        ["spans": .integer(spans.spans), "touched": .integer(spans.touched), "covered": .integer(spans.covered)])
    }
    return [
      "corpus": .string(name), "documents": .integer(documents),
      "character_recall": .number(Figures.decimal(score.recall)),
      "character_precision": .number(Figures.decimal(score.precision)),
      "leak_rate": .number(Figures.decimal(score.leakRate)),
      "clean_documents": .number(Figures.decimal(score.cleanShare)),
      "damaged_documents": .number(Figures.decimal(score.damagedShare)),
      "flags_per_10000_characters": .number(Figures.decimal(score.flagsPerTenThousand)),
      "false_per_1000_words": .number(Figures.decimal(score.falsePerThousandWords)),
      "labels": .object(labels),
    ]
  }
}
