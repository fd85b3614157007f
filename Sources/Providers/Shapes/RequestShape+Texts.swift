/// The operations that take a text or a list of texts: completions, embeddings and moderations, as OpenAI documents them.
extension RequestShape {
  static let completions = RequestShape { completionsTable }
  static let embeddings = RequestShape { embeddingsTable }
  static let moderations = RequestShape { moderationsTable }

  private static let completionsTable: Table = Table([
    Field("model", .setting(.model)),
    Field("cordon", .gateway),
    Field("prompt", .texts),
    Field("suffix", .prose),
    Field("stream", .setting(.isStreaming)),
    Field("stream_options", .shape(.streamOptions)),
    Field("n", .setting(.choiceCount)),
    Field("max_tokens", .setting(.maxTokens)),
    Field("stop", .labelled),
    Field("user", .name(.user)),
    Field("logit_bias", .shape(.logitBias)),
    Field("best_of", .structural),
    Field("echo", .structural),
    Field("frequency_penalty", .number(-2...2)),
    Field("logprobs", .structural),
    Field("presence_penalty", .number(-2...2)),
    Field("seed", .seed),
    Field("temperature", .number(0...2)),
    Field("top_p", .number(0...1)),
  ])

  private static let embeddingsTable: Table = Table(
    [
      Field("model", .setting(.model)),
      Field("cordon", .gateway),
      Field("input", .texts),
      Field("user", .name(.user)),
      Field("dimensions", .structural),
      Field("encoding_format", .structural),
    ],
    required: ["input"])

  private static let moderationsTable: Table = Table(
    [
      Field("model", .setting(.model)),
      Field("cordon", .gateway),
      Field("input", .content(of: .part)),
    ],
    required: ["input"])
}
