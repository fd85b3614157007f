import Bytes

/// The words that the dialects have where they take one of a few, as of 2026-11-21.
///
/// A word that is not here is shown to the detectors, and goes out unless they find something in it.
enum ProtocolWord {
  static func isKnown(_ text: Span<UInt8>) -> Bool {
    guard text.count <= longest else { return false }
    return words.contains([UInt8](copying: text))
  }

  private static let words = Set(list.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) })
  private static let longest = words.map(\.count).max() ?? 0

  private static let list = """
    user assistant system developer tool function custom critic discriminator model root
    text refusal image_url input_audio file input_text output_text input_image input_file input_video summary_text
    reasoning_text computer_screenshot image logs message reasoning item_reference compaction compaction_trigger
    configuration_update additional_tools function_call function_call_output custom_tool_call custom_tool_call_output
    file_search_call web_search_call tool_search_call tool_search_output code_interpreter_call computer_call
    computer_call_output local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call
    apply_patch_call_output mcp_list_tools mcp_call mcp_approval_request mcp_approval_response program program_output
    image_generation_call
    in_progress completed incomplete failed searching interpreting calling queued cancelled generating
    commentary final_answer analysis final
    none auto required any allowed_tools validated
    minimal low medium high xhigh max default flex priority scale standard standard_only fast concise detailed
    json_object json_schema grammar lark regex
    object string number integer boolean array null
    date-time date time duration email hostname ipv4 ipv6 uri uuid
    float base64 url content url_citation file_citation container_file_citation file_path
    char_location page_location content_block_location web_search_result_location search_result_location
    ephemeral enabled disabled adaptive summarized omitted clear_at
    tool_use tool_result server_tool_use mcp_tool_use mcp_tool_result thinking redacted_thinking document search_result
    web_search_result web_search_tool_result web_fetch_result web_fetch_tool_result code_execution_tool_result
    code_execution_result code_execution_output bash_code_execution_tool_result bash_code_execution_result
    bash_code_execution_output text_editor_code_execution_tool_result text_editor_code_execution_view_result
    text_editor_code_execution_create_result text_editor_code_execution_str_replace_result
    tool_search_tool_result tool_search_tool_search_result tool_reference container_upload tool_addition tool_removal
    mcp_tool_listing fallback advisor_tool_result advisor_result advisor_redacted_result browser_state
    web_search_tool_result_error web_fetch_tool_result_error code_execution_tool_result_error
    bash_code_execution_tool_result_error text_editor_code_execution_tool_result_error tool_search_tool_result_error
    advisor_tool_result_error encrypted_code_execution_result
    max_uses_exceeded invalid_tool_input too_many_requests query_too_long unavailable url_not_accessible
    end_turn stop_sequence max_tokens pause_turn model_context_window_exceeded stop length tool_calls content_filter
    input_tokens tool_uses turns thinking_turns tokens all
    web_search web_search_preview file_search code_interpreter code_execution computer computer_use_preview mcp
    image_generation local_shell shell apply_patch namespace tool_search bash text_editor str_replace_based_edit_tool
    str_replace_editor memory web_fetch web_search_call_output advisor direct always never
    truncate truncation trim disabled_context auto_compact compact
    create update delete exists insert view str_replace undo_edit update_file create_file delete_file
    click double_click drag keypress move screenshot scroll type wait left right wheel back forward search open_page
    find_in_page exit completed_exit approximate exact server client sandbox
    alloy ash ballad cedar coral echo fable marin onyx nova sage shimmer verse wav mp3 flac opus pcm16 pcm aac
    png webp jpeg jpg gif transparent opaque hd original crop resize error reject
    assistants vision batch fine-tune evals user_data us eu global
    """
}
