import Testing
import Transformers

struct TierTests {
  @Test(
    arguments: [
      (TierSettings(), .cheap), (TierSettings(model: "m"), .auto), (TierSettings(runtime: "r"), .auto),
      (TierSettings(tier: .cheap, model: "m"), .cheap), (TierSettings(tier: .transformer, model: "m"), .transformer),
    ] as [(TierSettings, Tier)])
  func `asks a model that is named where in doubt, unless told otherwise`(_ settings: TierSettings, _ tier: Tier) {
    #expect(settings.tier == tier)
  }

  @Test(arguments: [TierSettings(), TierSettings(tier: .cheap, model: "/nowhere")])
  func `loads nothing for the cheap tier`(_ settings: TierSettings) throws {
    let opinion = try settings.secondOpinion()
    #expect(opinion.map { _ in true } == nil)
  }

  @Test(arguments: [
    (TierSettings(tier: .auto), TransformerError(.modelNotNamed, "auto")),
    (TierSettings(tier: .transformer), TransformerError(.modelNotNamed, "transformer")),
    (TierSettings(runtime: "libm.so.6"), TransformerError(.modelNotNamed, "auto")),
    (TierSettings(model: "/nowhere"), TransformerError(.fileMissing, "config.json")),
  ])
  func `never goes on without a model that is asked for`(_ settings: TierSettings, _ expected: TransformerError) {
    #expect(throws: expected) { _ = try settings.secondOpinion() }
  }
}
