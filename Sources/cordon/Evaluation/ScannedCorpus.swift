import Bytes
import Detection
import PHI
import Synchronization

/// A labelled corpus and what detection finds in it.
struct ScannedCorpus: Sendable {
  /// The name of the corpus: its file's, without folder and ending.
  let name: String
  /// The documents.
  let documents: [GoldDocument]
  /// What was found in each document.
  let findings: [[Finding]]

  /// Scans the corpus in the file at `path` with `scanner` on all cores.
  init(_ path: String, scanner: Scanner) async throws {
    var bytes: [UInt8] = []
    try DocumentReader.read(Document(path: path, relativePath: path, size: nil)) { bytes.append(copying: $0) }
    let corpus = try GoldDocument.corpus(bytes)
    let found = Mutex([[Finding]](repeating: [], count: corpus.count))
    let failed = Mutex<SecondOpinionFailure?>(nil)
    await ParallelDocuments.forEach(corpus.count, jobs: ProcessorCount.online) { index in
      var memory = DocumentMemory()
      do throws(SecondOpinionFailure) {
        let findings = try scanner.findingsOrFailure(in: Array(corpus[index].text.utf8), remembering: &memory)
        found.withLock { $0[index] = findings }
      } catch {
        failed.withLock { $0 = error }
      }
    }
    if let failure = failed.withLock({ $0 }) { throw failure }
    documents = corpus
    findings = found.withLock { $0 }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".jsonl") ? String(file.dropLast(6)) : file
  }

  private init(name: String, documents: [GoldDocument], findings: [[Finding]]) {
    self.name = name
    self.documents = documents
    self.findings = findings
  }

  /// The same with findings of at least `percent` confidence only.
  func keeping(_ percent: UInt8) -> ScannedCorpus {
    ScannedCorpus(
      name: name, documents: documents,
      findings: findings.map { $0.filter { $0.confidence.percent >= percent } })
  }

  /// Calls `body` with each document and its findings.
  func forEach(_ body: ([Finding], GoldDocument) -> Void) {
    for (findings, document) in zip(findings, documents) { body(findings, document) }
  }
}
