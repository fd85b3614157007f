"""Lets two in three of the requests that schemathesis makes up name a model and a use case that there are."""

import schemathesis

MODELS = {"/v1/embeddings": "text-embedding-3-small", "/v1/moderations": "omni-moderation-latest",
          "/v1/completions": "gpt-3.5-turbo-instruct", "/v1/messages": "claude-sonnet-5",
          "/v1/messages/count_tokens": "claude-sonnet-5"}


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    if isinstance(case.body, dict) and isinstance(case.body.get("model"), str) and len(str(case.body)) % 3:
        case.body = {**case.body, "model": MODELS.get(path, "gpt-4o-mini")}
        case.headers["x-cordon-use-case"] = "claude" if path.startswith("/v1/messages") else "summarize"
