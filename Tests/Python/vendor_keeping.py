"""A vendor of Responses that keeps what it is told to keep, and goes on from it."""

import secrets
from urllib.parse import parse_qs, urlsplit

import mock_vendor
import vendor_responses


class Keeping:
    """Answers with everything that its conversation was told so far, or with what `say` makes of it."""

    def __init__(self, say="\n".join):
        self.kept, self.say = {}, say

    def __call__(self, request, reply):
        method, path = request.head.split(b" ", 2)[0].decode(), urlsplit(request.path)
        parts = path.path.split("/responses", 1)[1].strip("/").split("/")
        if method == "POST" and parts == [""]:
            return self.answer(request, reply)
        kept = self.kept.get(parts[0])
        if kept is None:
            return reply.json({"error": {"message": "not found", "type": "invalid_request_error"}}, 404)
        if method == "DELETE":
            del self.kept[parts[0]]
            return reply.json({"id": parts[0], "object": "response", "deleted": True})
        if parts[1:] == ["input_items"]:
            items = kept["items"][: int(parse_qs(path.query).get("limit", ["20"])[0])]
            return reply.json({"object": "list", "data": items, "first_id": items[0]["id"], "last_id": items[-1]["id"],
                               "has_more": len(items) < len(kept["items"])})
        if parts[1:] == ["cancel"]:
            kept["answer"]["status"] = "cancelled"
        return reply.json(kept["answer"])

    def answer(self, request, reply):
        body = request.json
        previous = body.get("previous_response_id")
        if previous is not None and previous not in self.kept:
            return reply.json({"error": {"message": "not found", "type": "invalid_request_error"}}, 400)
        told = [*(self.kept[previous]["told"] if previous else []), vendor_responses.prompt(body)]
        name, text = f"resp_{secrets.token_hex(25)}", self.say(told)
        answer = {**vendor_responses.whole_saying(text), "id": name, "previous_response_id": previous, "store": bool(body.get("store", True))}
        if answer["store"]:
            items = [{"id": f"msg_{number}", "type": "message", "role": "user", "status": "completed",
                      "content": [{"type": "input_text", "text": one}]} for number, one in enumerate(told)]
            self.kept[name] = {"told": told, "answer": answer, "items": items}
        if body.get("background"):
            return reply.json({**answer, "status": "queued", "output": [], "usage": None})
        if body.get("stream"):
            made = vendor_responses.saying(text)
            return mock_vendor.stream(reply, [event.replace(b'"resp_1"', f'"{name}"'.encode()) for event in made])
        return reply.json(answer)
