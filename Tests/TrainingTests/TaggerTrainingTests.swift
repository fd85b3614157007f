import Detection
import PHI
import Testing
import Training

/// Fitting a tagger to small corpora whose rule is known.
struct TaggerTrainingTests {
  @Test func `what stands behind a cue is learnt, for words never seen`() async throws {
    let corpus = (0..<60).map { Self.document($0, "Zorvath\(Self.ending($0)) Plim") }
    let model = try #require(TaggerModel(await Self.fit(corpus)))
    let scanner = Scanner(tagger: Tagger(model))
    let text = "the qwim beside Kelbrund Ossary came back"
    let found = scanner.findings(in: Array(text.utf8)).map {
      String(text.utf8.dropFirst($0.range.lowerBound).prefix($0.range.count))
    }
    #expect(found == ["Kelbrund Ossary"])
  }

  @Test func `the same seed gives the same bytes, whatever runs beside it`() async {
    let corpus = (0..<20).map { Self.document($0, "Zorvath\(Self.ending($0)) Plim") }
    async let first = Self.fit(corpus)
    async let second = Self.fit(corpus)
    #expect(await first == second)
    #expect(await Self.fit(corpus, seed: 2) != first)
  }

  @Test func `a soft span teaches neither way`() async throws {
    var documents = (0..<30).map { Self.document($0, "Zorvath Plim") }
    for index in documents.indices {
      documents[index].spans = documents[index].spans.map { GoldSpan($0.range, label: $0.label, isSoft: true) }
    }
    let corpus = await TaggerCorpus(documents, scanner: Scanner(tagger: nil), holdingOut: 0)
    var losses: [Double] = []
    var training = TaggerTraining(.init())
    await training.fit(corpus.training, heldOut: []) { losses.append($0.loss) }
    #expect(losses.allSatisfy { $0 < 0.7 })
  }

  @Test func `documents of one template are held out together`() async {
    let documents = (0..<40).flatMap { template in
      (0..<5).map { GoldDocument(id: "t\(template)/\($0)", text: "Ada Zorvath \(template)", spans: []) }
    }
    let corpus = await TaggerCorpus(documents, scanner: Scanner(tagger: nil), holdingOut: 0.3)
    #expect(corpus.heldOut.count % 5 == 0)
    #expect(!corpus.heldOut.isEmpty && !corpus.training.isEmpty)
    #expect(corpus.heldOut.count + corpus.training.count == documents.count)
  }

  private static func document(_ number: Int, _ name: String) -> GoldDocument {
    let before = "the qwim beside "
    let text = before + name + (number % 2 == 0 ? " came back" : " left, Brackwater Flats was empty")
    let start = before.unicodeScalars.count
    return GoldDocument(
      id: "\(number)", text: text,
      spans: [GoldSpan(start..<start + name.unicodeScalars.count, label: "NAME", isSoft: false)])
  }

  private static func ending(_ number: Int) -> String { String(repeating: "a", count: number % 4 + 1) }

  private static func fit(_ documents: [GoldDocument], seed: UInt64 = 1) async -> [UInt8] {
    let corpus = await TaggerCorpus(documents, scanner: Scanner(tagger: nil), holdingOut: 0)
    var settings = TaggerTraining.Settings()
    settings.seed = seed
    settings.shards = 2
    var training = TaggerTraining(settings)
    await training.fit(corpus.training, heldOut: []) { _ in }
    return training.model()
  }
}
