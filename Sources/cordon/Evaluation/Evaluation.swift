import Bytes
import Detection
import PHI
import Synchronization

/// The score of one corpus.
struct Evaluation: Sendable {
  /// The name of the corpus: its file's, without folder and ending.
  let name: String
  /// How many documents it has.
  let documents: Int
  /// What was counted.
  let score: Score

  /// Scans the corpus in the file at `path` on all cores and scores what is found.
  init(of path: String) async throws {
    var bytes: [UInt8] = []
    try DocumentReader.read(Document(path: path, relativePath: path, size: nil)) { bytes.append(copying: $0) }
    let corpus = try GoldDocument.corpus(bytes)
    let scanner = Scanner()
    let found = Mutex([[Finding]](repeating: [], count: corpus.count))
    await ParallelDocuments.forEach(corpus.count, jobs: ProcessorCount.online) { index in
      let findings = scanner.findings(in: Array(corpus[index].text.utf8))
      found.withLock { $0[index] = findings }
    }
    var score = Score()
    for (document, findings) in zip(corpus, found.withLock { $0 }) { score.count(findings, in: document) }
    self.score = score
    documents = corpus.count
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".jsonl") ? String(file.dropLast(6)) : file
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
      "character_recall": .number(Evaluation.decimal(score.recall)),
      "character_precision": .number(Evaluation.decimal(score.precision)),
      "leak_rate": .number(Evaluation.decimal(score.leakRate)),
      "clean_documents": .number(Evaluation.decimal(score.cleanShare)),
      "damaged_documents": .number(Evaluation.decimal(score.damagedShare)),
      "flags_per_10000_characters": .number(Evaluation.decimal(score.flagsPerTenThousand)),
      "false_per_1000_words": .number(Evaluation.decimal(score.falsePerThousandWords)),
      "labels": .object(labels),
    ]
  }

  /// A number that is not negative, with five decimals.
  private static func decimal(_ value: Double) -> String {
    let scaled = Int((value * 100_000).rounded())
    let fraction = String(scaled % 100_000)
    return "\(scaled / 100_000).\(String(repeating: "0", count: 5 - fraction.utf8.count))\(fraction)"
  }
}
