"""What a vendor of OpenAI's Responses says: whole answers, and streams with every type of event that the client knows."""

import json

USAGE = {"input_tokens": 11, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 7,
         "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 18}


def prompt(body):
    """The text of the last item of the user's."""
    if isinstance(body.get("input"), str):
        return body["input"]
    texts = [""]
    for item in body.get("input") or []:
        if item.get("type") == "function_call_output" or item.get("type") == "custom_tool_call_output":
            texts.append(item["output"] if isinstance(item["output"], str) else joined(item["output"]))
        elif item.get("role") == "user":
            texts.append(item["content"] if isinstance(item["content"], str) else joined(item["content"]))
    return texts[-1]


def joined(parts):
    return "".join(part.get("text", "") for part in parts)


def response(output=(), status="completed"):
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "background": False, "error": None,
        "incomplete_details": None, "instructions": None, "max_output_tokens": None, "model": "gpt-4o-mini",
        "output": list(output), "parallel_tool_calls": True, "previous_response_id": None, "store": False,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "truncation": "disabled", "metadata": {},
        "usage": USAGE if status == "completed" else None}


def text_part(text):
    probability = {"token": text[:9], "logprob": -0.25, "bytes": list(text[:9].encode()), "top_logprobs": []}
    citation = {"type": "url_citation", "start_index": 0, "end_index": 1, "title": text, "url": "https://x.example/a"}
    return {"type": "output_text", "text": text, "annotations": [citation], "logprobs": [probability]}


def message(text):
    return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [text_part(text)]}


def call(name, arguments):
    return {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": name,
            "arguments": arguments}


def whole_saying(text):
    return response([message(text)])


def whole_calling(name, arguments):
    return response([call(name, arguments)])


class Events:
    """The events of one stream, numbered as they are made."""

    def __init__(self, cut=5):
        self.cut, self.made, self.output = cut, [], []

    def add(self, type, **fields):
        event = {"type": type, "sequence_number": len(self.made), **fields}
        data = json.dumps(event, ensure_ascii=False)
        self.made.append(f"event: {type}\ndata: {data}\n\n".encode())

    def begin(self):
        for turn, status in [("created", "queued"), ("queued", "queued"), ("in_progress", "in_progress")]:
            self.add(f"response.{turn}", response=response(status=status))
        return self

    def complete(self):
        self.add("response.completed", response=response(self.output))
        return self.made

    def pieces(self, text):
        return [text[at : at + self.cut] for at in range(0, len(text), self.cut)] or [""]

    def item(self, item, opening, turns):
        """An item: how it begins, what `turns` adds, and how it ends."""
        where = {"output_index": len(self.output)}
        self.add("response.output_item.added", item={**item, **opening}, **where)
        turns({"item_id": item["id"], **where})
        self.add("response.output_item.done", item=item, **where)
        self.output.append(item)
        return self

    def deltas(self, subject, text, where, end="text", extra=None, **done):
        extra = extra or {}
        for piece in self.pieces(text):
            self.add(f"response.{subject}.delta", delta=piece, **where, **extra)
        self.add(f"response.{subject}.done", **where, **{end: text}, **extra, **done)

    def message(self, text, refusal=None):
        item = message(text)
        if refusal:
            item["content"].append({"type": "refusal", "refusal": refusal})

        def turns(where):
            here = {**where, "content_index": 0}
            empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            self.add("response.content_part.added", part=empty, **here)
            for piece in self.pieces(text):
                probability = {"token": piece, "logprob": -0.5, "top_logprobs": [{"token": piece, "logprob": -0.5}]}
                self.add("response.output_text.delta", delta=piece, logprobs=[probability], **here)
            part = item["content"][0]
            self.add("response.output_text.annotation.added", annotation=part["annotations"][0], annotation_index=0, **here)
            self.add("response.output_text.done", text=text, logprobs=[], **here)
            self.add("response.content_part.done", part=part, **here)
            if refusal:
                here = {**where, "content_index": 1}
                self.add("response.content_part.added", part={"type": "refusal", "refusal": ""}, **here)
                self.deltas("refusal", refusal, here, "refusal")
                self.add("response.content_part.done", part=item["content"][1], **here)

        return self.item(item, {"content": [], "status": "in_progress"}, turns)

    def call(self, name, arguments):
        return self.item(call(name, arguments), {"arguments": "", "status": "in_progress"}, lambda where: self.deltas(
            "function_call_arguments", arguments, where, "arguments", name=name))

    def reasoning(self, text):
        item = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": text}],
                "content": [{"type": "reasoning_text", "text": text}], "encrypted_content": "gAAAAB" + "x" * 40}

        def turns(where):
            here = {**where, "summary_index": 0}
            self.add("response.reasoning_summary_part.added", part={"type": "summary_text", "text": ""}, **here)
            self.deltas("reasoning_summary_text", text, here)
            self.add("response.reasoning_summary_part.done", part=item["summary"][0], **here)
            self.deltas("reasoning_text", text, {**where, "content_index": 0})

        return self.item(item, {"summary": [], "content": []}, turns)

    def tools_of_vendors(self, text, arguments):
        """One of each tool that the vendor runs, and of what callers run besides functions."""
        custom = {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_2", "name": "note", "input": text}
        self.item(custom, {"input": ""}, lambda where: self.deltas("custom_tool_call_input", text, where, "input"))
        code = {"id": "ci_1", "type": "code_interpreter_call", "status": "completed", "container_id": "cntr_1",
                "code": text, "outputs": [{"type": "logs", "logs": text}]}

        def interpreting(where):
            self.add("response.code_interpreter_call.in_progress", **where)
            self.deltas("code_interpreter_call_code", text, where, "code")
            self.add("response.code_interpreter_call.interpreting", **where)
            self.add("response.code_interpreter_call.completed", **where)

        self.item(code, {"code": "", "outputs": None, "status": "in_progress"}, interpreting)
        called = {"id": "mcp_1", "type": "mcp_call", "server_label": "files", "name": "read", "arguments": arguments,
                  "output": text, "status": "completed", "approval_request_id": None, "error": None}

        def calling(where):
            self.add("response.mcp_call.in_progress", **where)
            self.deltas("mcp_call_arguments", arguments, where, "arguments")
            self.add("response.mcp_call.completed", **where)

        self.item(called, {"arguments": "", "output": None, "status": "in_progress"}, calling)
        failed = {**called, "id": "mcp_2", "output": None, "status": "failed",
                  "error": {"type": "mcp_protocol_error", "code": 1, "message": text}}
        self.item(failed, {"arguments": "", "error": None}, lambda where: self.add("response.mcp_call.failed", **where))
        tools = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "files",
                 "tools": [{"name": "read", "description": text, "input_schema": {}, "annotations": None}]}

        def listing(where):
            for turn in ("in_progress", "failed", "completed"):
                self.add(f"response.mcp_list_tools.{turn}", **where)

        self.item(tools, {"tools": []}, listing)
        for kind, item in {
            "web_search_call": {"id": "ws_1", "status": "completed", "action": {"type": "search", "query": text, "queries": [text]}},
            "file_search_call": {"id": "fs_1", "status": "completed", "queries": [text], "results": None},
        }.items():
            def searching(where, kind=kind):
                for turn in ("in_progress", "searching", "completed"):
                    self.add(f"response.{kind}.{turn}", **where)

            self.item({**item, "type": kind}, {"status": "in_progress"}, searching)
        self.shell(text)
        image = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": "iVBORw0KGgo="}

        def drawing(where):
            self.add("response.image_generation_call.in_progress", **where)
            self.add("response.image_generation_call.generating", **where)
            self.add("response.image_generation_call.partial_image", partial_image_b64="iVBORw==", partial_image_index=0, **where)
            self.add("response.image_generation_call.completed", **where)

        self.item(image, {"status": "in_progress", "result": None}, drawing)
        compaction = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAA" + "y" * 40}
        self.item(compaction, {}, lambda where: self.add("response.compaction.compacting", **where))
        self.add("response.audio.delta", delta="UklGRg==")
        for piece in self.pieces(text):
            self.add("response.audio.transcript.delta", delta=piece)
        self.add("response.audio.transcript.done")
        self.add("response.audio.done")
        return self

    def shell(self, text):
        item = {"id": "sh_1", "type": "shell_call", "call_id": "call_3", "status": "completed", "environment": None,
                "action": {"commands": [text], "timeout_ms": None, "max_output_length": None}}

        def commanding(where):
            here = {"output_index": where["output_index"], "command_index": 0}
            self.add("response.shell_call_command.added", command="", **here)
            self.deltas("shell_call_command", text, here, "command")

        self.item(item, {"action": {"commands": []}, "status": "in_progress"}, commanding)
        written = {"stdout": text, "stderr": text, "outcome": {"type": "exit", "exit_code": 0}}
        output = {"id": "sho_1", "type": "shell_call_output", "call_id": "call_3", "status": "completed",
                  "max_output_length": None, "output": [written]}

        def writing(where):
            here = {**where, "command_index": 0}
            for piece in self.pieces(text):
                self.add("response.shell_call_output_content.delta", delta={"stdout": piece}, **here)
            for piece in self.pieces(text):
                self.add("response.shell_call_output_content.delta", delta={"stderr": piece}, **here)
            self.add("response.shell_call_output_content.done", output=[written], **here)

        return self.item(output, {"output": [], "status": "in_progress"}, writing)


def saying(text, cut=5):
    return Events(cut).begin().message(text).complete()


def calling(name, arguments, cut=5):
    return Events(cut).begin().call(name, arguments).complete()


def everything(text, arguments, cut=5):
    """A stream with every type of event that one which succeeds can have."""
    made = Events(cut).begin().reasoning(text).message(text, refusal=text).call("find", arguments)
    return made.tools_of_vendors(text, arguments).complete()


def ending(turn, text, cut=5):
    """A stream that says something and does not complete: `failed`, `incomplete` or `error`."""
    made = Events(cut).begin().message(text)
    if turn == "error":
        made.add("error", code="server_error", message="upstream secret detail", param=None)
    else:
        over = response(made.output, turn)
        over["error"] = {"code": "server_error", "message": "upstream secret detail"} if turn == "failed" else None
        over["incomplete_details"] = {"reason": "max_output_tokens"} if turn == "incomplete" else None
        made.add(f"response.{turn}", response=over)
    return made.made
