import ArgumentParser
import Bytes
import Detection

/// `cordon evaluate score`: how well detection does on labelled corpora.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score detection against labelled text.",
    discussion: """
      A corpus is a file of lines {"id","text","spans":[{"start","end","label"}]}, offsets in Unicode code points. \
      Letters and digits are counted, all documents of a corpus together. Exit codes: 0 scored, 2 bad usage, \
      65 unreadable corpus, 69 no model, 70 a model failed, 74 output failed.
      """)

  @Argument(help: "Corpora, as JSON lines.")
  var corpora: [String]

  @Flag(help: "How the scores are written: as JSON, or as Markdown.")
  var form: EvaluationForm = .terminal

  @Option(help: "Score findings of at least this confidence only, in percent.")
  var threshold: UInt8 = 0

  @Option(help: "Compare groups of marked places: by origin, sex, case, genre, style or label; may be repeated.")
  var by: [GroupName] = []

  @Option(help: "Name the threshold that leaks at most this share, such as 1%, and what it damages.")
  var leakRate: Share?

  @Option(help: "Draw leaks against damage over all thresholds into this SVG file.")
  var curve: String?

  @Flag(help: "Show what confidences are worth, and the scale that makes them probabilities.")
  var calibration = false

  @Option(help: "Write that scale into this file, as Swift source.")
  var scale: String?

  @OptionGroup var tier: TierOptions

  func validate() throws {
    if threshold > 100 { throw ValidationError("`--threshold` is at most 100 percent") }
  }

  func run() async throws {
    let scanner = Scanner().asking(try tier.secondOpinion())
    let failures = Failures()
    var scanned: [ScannedCorpus] = []
    for path in corpora {
      do {
        scanned.append(try await ScannedCorpus(path, scanner: scanner))
      } catch {
        failures.report(error, about: Document(path: path, relativePath: path, size: nil))
      }
    }
    if !scanned.isEmpty { try report(on: scanned) }
    if let code = failures.exitCode { throw code }
  }

  private func report(on corpora: [ScannedCorpus]) throws {
    let kept = corpora.map { $0.keeping(threshold) }
    var sections: [any EvaluationSection] = [ScoreSection(evaluations: kept.map(Evaluation.init))]
    for name in by { sections.append(GroupSection(kept, by: name.grouping)) }
    if leakRate != nil || curve != nil {
      let curves = corpora.map { corpus in
        var curve = LeakCurve()
        corpus.forEach { curve.count($0, in: $1) }
        return (name: corpus.name, curve: curve)
      }
      if let leakRate { sections.append(LeakRateSection(leakRate, curves)) }
      if let curve { try write(LeakChart(curves, threshold: threshold).svg, to: curve) }
    }
    if calibration || scale != nil {
      // A scale is for every confidence, so it is fitted to findings below the threshold too.
      let section = CalibrationSection(corpora)
      if calibration { sections.append(section) }
      if let scale { try write(section.source(fittedOn: corpora), to: scale) }
    }
    StandardOutput.line(form.write(sections))
  }

  private func write(_ text: String, to path: String) throws {
    do throws(FileFailure) {
      var file = try OutputFile(path)
      try file.write(Array(text.utf8))
      try file.commit()
    } catch {
      throw CommandFailure(.outputFailed, error.message)
    }
  }
}
