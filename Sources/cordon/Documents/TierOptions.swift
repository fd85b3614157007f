import ArgumentParser
import Detection
import PHI
import Transformers

/// Which reader is asked beside the rules and the tagger, on the command line.
struct TierOptions: ParsableArguments {
  @Option(help: "cheap (rules and tagger), auto (a transformer where they are unsure) or transformer (everything).")
  var tier: Tier?

  @Option(help: "The folder of a token-classification model in ONNX form, for the tiers auto and transformer.")
  var model: String?

  @Option(help: "The library of ONNX Runtime; the system's own libonnxruntime.so unless given.")
  var runtime: String?

  @Option(help: "How many threads one reading of the model takes.")
  var tierThreads = 1

  @Option(help: "How sure the model must be to add a finding, in percent.")
  var tierThreshold: UInt8 = 90

  func validate() throws {
    if tierThreads < 1 || tierThreads > 256 { throw ValidationError("`--tier-threads` is from 1 to 256") }
    if tierThreshold > 100 { throw ValidationError("`--tier-threshold` is at most 100") }
    if tier == .cheap, model != nil || runtime != nil {
      throw ValidationError("`--tier cheap` reads no model: leave `--model` and `--runtime` out")
    }
  }

  /// The reader that the options ask for, loaded; nil for none.
  func secondOpinion() throws -> SecondOpinion? {
    let settings = TierSettings(
      tier: tier, model: model, runtime: runtime, threads: tierThreads, threshold: Confidence(percent: tierThreshold))
    do throws(TransformerError) {
      return try settings.secondOpinion()
    } catch {
      throw CommandFailure(.unavailable, "\(error)\nhelp: name a folder with `--model` and a library with `--runtime`")
    }
  }
}

extension Tier: ExpressibleByArgument {}
