package import Detection
package import PHI

/// Which reader is asked beside the rules and the tagger, and about what.
package enum Tier: String, CaseIterable, Sendable {
  /// None: no model is loaded, whatever is set.
  case cheap
  /// The transformer, where the others disagree or are unsure.
  case auto
  /// The transformer, about everything.
  case transformer
}

/// The settings of the transformer tier, as the command line and the configuration give them.
package struct TierSettings: Hashable, Sendable {
  /// Which reader is asked.
  package var tier: Tier
  /// The folder of the model.
  package var model: String?
  /// The library of the runtime, as a path or a name that the system's loader finds.
  package var runtime: String
  /// How many threads a reading takes.
  package var threads: Int
  /// How sure the model must be to add a finding.
  package var threshold: Confidence

  /// Settings; the tier is `auto` when only a model is named, `cheap` when nothing is.
  package init(
    tier: Tier? = nil, model: String? = nil, runtime: String? = nil, threads: Int = 1, threshold: Confidence = .high
  ) {
    self.tier = tier ?? (model == nil && runtime == nil ? .cheap : .auto)
    self.model = model
    self.runtime = runtime ?? "libonnxruntime.so"
    self.threads = threads
    self.threshold = threshold
  }

  /// The reader that these settings ask for; nil for the cheap tier, which asks for none.
  ///
  /// A tier that is asked for and cannot be had is an error: there is no falling back to less.
  package func secondOpinion() throws(TransformerError) -> SecondOpinion? {
    let reach: SecondOpinion.Reach
    switch tier {
    case .cheap: return nil
    case .auto: reach = .uncertain
    case .transformer: reach = .everything
    }
    guard let model else { throw TransformerError(.modelNotNamed, tier.rawValue) }
    let settings = Transformer.Settings(threads: threads, threshold: min(0.5, Float(threshold.percent) / 100))
    return try Transformer(folder: model, runtime: runtime, settings: settings).opinion(reach, threshold: threshold)
  }
}

extension Transformer {
  /// This model as a second opinion.
  package func opinion(_ reach: SecondOpinion.Reach, threshold: Confidence = .high) -> SecondOpinion {
    SecondOpinion(reach: reach, threshold: threshold) { text, stretches throws(SecondOpinionFailure) in
      do throws(TransformerError) {
        return try findings(in: text, of: stretches)
      } catch {
        throw SecondOpinionFailure("\(error)")
      }
    }
  }
}
