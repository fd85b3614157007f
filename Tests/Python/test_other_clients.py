"""Clients that others build on the official ones: LangChain and LiteLLM.

They need `requirements-clients.txt` (`make clients`); without it these tests are skipped and say so.
"""

import json

import mock_vendor
import pytest
from canaries import NOTE, found
from test_sdk import TOKEN

HELP = "not installed: run `make clients`"
TEXT = "Patient: Ottoline Brackenridge, SSN: 219-09-4417"


def arguments(request):
    tokens = TOKEN.findall(request.prompt)
    return json.dumps({"patient": tokens[0], "number": tokens[1]})


EXPECTED = {"patient": "Ottoline Brackenridge", "number": "219-09-4417"}


class TestLangChain:
    @pytest.fixture
    def model(self, polyglot):
        chat = pytest.importorskip("langchain_openai", reason=f"langchain-openai is {HELP}")
        gateway, vendor = polyglot

        def make(**options):
            return chat.ChatOpenAI(
                base_url=f"{gateway.origin}/v1", api_key=gateway.caller.key, model="gpt-4o-mini", max_retries=0, **options)

        make.vendor = vendor
        return make

    @pytest.mark.parametrize("responses", [False, True], ids=["chat", "responses"])
    def test_whole_and_streamed(self, model, responses):
        chat = model(use_responses_api=responses)
        assert text(chat.invoke(NOTE)) == NOTE
        assert "".join(text(piece) for piece in chat.stream(NOTE)) == NOTE
        assert found(model.vendor.received) == []

    @pytest.mark.parametrize("responses", [False, True], ids=["chat", "responses"])
    def test_tool_calls(self, model, responses):
        def find(patient: str, number: str):
            """Finds a chart."""

        model.vendor.script = mock_vendor.calling("find", arguments, 3)
        chat = model(use_responses_api=responses).bind_tools([find])
        assert [call["args"] for call in chat.invoke(TEXT).tool_calls] == [EXPECTED]
        whole = None
        for piece in chat.stream(TEXT):
            whole = piece if whole is None else whole + piece
        assert [call["args"] for call in whole.tool_calls] == [EXPECTED]

    def test_a_refusal_is_an_error_and_is_not_tried_again(self, model):
        import openai
        chat = model(default_headers={"x-cordon-use-case": "billing"})
        chat.max_retries = 3
        with pytest.raises(openai.PermissionDeniedError):
            chat.invoke(NOTE)
        assert model.vendor.received == b""


def text(message):
    """What a message of LangChain's says, in its content of one string or of blocks."""
    content = message.content
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content if block.get("type") == "text")


class TestLiteLLM:
    @pytest.fixture
    def ask(self, polyglot, monkeypatch):
        monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        litellm = pytest.importorskip("litellm", reason=f"litellm is {HELP}")
        gateway, vendor = polyglot
        litellm.telemetry = False

        def ask(content, model="openai/gpt-4o-mini", **more):
            base = gateway.origin + ("/v1" if model.startswith("openai/") else "")
            return litellm.completion(
                model=model, messages=[{"role": "user", "content": content}], api_base=base, api_key=gateway.caller.key, **more)

        ask.vendor, ask.errors = vendor, litellm.exceptions
        return ask

    @pytest.mark.parametrize("dialect", ["openai", "anthropic"])
    def test_whole_and_streamed(self, ask, dialect):
        options = {"openai": {}, "anthropic": {
            "model": "anthropic/claude-sonnet-5", "extra_headers": {"x-cordon-use-case": "claude"}, "max_tokens": 100}}[dialect]
        assert ask(NOTE, **options).choices[0].message.content == NOTE
        streamed = ask(NOTE, stream=True, **options)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices) == NOTE
        assert found(ask.vendor.received) == []

    def test_tool_calls(self, ask):
        ask.vendor.script = mock_vendor.calling("find", arguments, 3)
        tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}]
        call = ask(TEXT, tools=tools).choices[0].message.tool_calls[0]
        assert json.loads(call.function.arguments) == EXPECTED

    def test_a_refusal_is_an_error_and_is_not_tried_again(self, ask):
        with pytest.raises(ask.errors.APIError):
            ask(NOTE, extra_headers={"x-cordon-use-case": "billing"}, num_retries=0)
        assert ask.vendor.received == b""
