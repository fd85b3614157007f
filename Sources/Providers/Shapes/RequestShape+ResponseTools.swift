/// The tools of `POST /v1/responses`: functions of the caller's, and what the vendor runs itself.
extension RequestShape {
  static let responseTool = RequestShape { responseToolTable }
  static let toolGrammar = RequestShape { toolGrammarTable }
  static let userLocation = RequestShape { userLocationTable }
  static let rankingOptions = RequestShape { rankingOptionsTable }

  private static let responseToolTable: Table = Table([
    Field("type", .setting(.toolKind)),
    Field("name", .name(.tool)),
    Field("description", .prose),
    Field("parameters", .shape(.schema)),
    Field("input_schema", .shape(.schema)),
    Field("output_schema", .shape(.schema)),
    Field("strict", .structural),
    Field("format", .shape(.toolGrammar)),
    Field("tools", .shape(.responseTool)),
    Field("allowed_callers", .structural),
    Field("async", .structural),
    Field("defer_loading", .structural),
    Field("execution", .structural),
    Field("server_label", .name(.server)),
    Field("server_description", .prose),
    Field("connector_id", .structural),
    Field("allowed_tools", .name(.tool)),
    Field("require_approval", .structural),
    Field("container", .keptName(.shape(.container))),
    Field("vector_store_ids", .structural),
    Field("max_num_results", .structural),
    Field("ranking_options", .shape(.rankingOptions)),
    Field("search_content_types", .structural),
    Field("search_context_size", .structural),
    Field("external_web_access", .structural),
    Field("user_location", .shape(.userLocation)),
    Field("display_height", .structural),
    Field("display_width", .structural),
    Field("action", .structural),
    Field("background", .structural),
    Field("input_fidelity", .structural),
    Field("input_image_mask", .sealed(.image)),
    Field("moderation", .structural),
    Field("output_compression", .structural),
    Field("output_format", .structural),
    Field("partial_images", .structural),
    Field("quality", .structural),
  ])

  private static let toolGrammarTable: Table = Table([
    Field("type", .structural),
    Field("syntax", .structural),
    Field("definition", .prose),
  ])

  private static let userLocationTable: Table = Table([
    Field("type", .structural),
    Field("country", .labelled),
  ])

  private static let rankingOptionsTable: Table = Table([
    Field("ranker", .words(["auto", "default-2024-11-15"])),
    Field("score_threshold", .structural),
  ])
}
