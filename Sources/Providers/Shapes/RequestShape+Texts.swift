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
    Field("user", .labelled),
    Field("logit_bias", .shape(.logitBias)),
    Field("best_of", .structural),
    Field("echo", .structural),
    Field("frequency_penalty", .structural),
    Field("logprobs", .structural),
    Field("presence_penalty", .structural),
    Field("seed", .structural),
    Field("temperature", .structural),
    Field("top_p", .structural),
  ])

  private static let embeddingsTable: Table = Table(
    [
      Field("model", .setting(.model)),
      Field("cordon", .gateway),
      Field("input", .texts),
      Field("user", .labelled),
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
