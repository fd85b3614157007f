"""The files and batches of the mock vendor, in both dialects: it carries out each request by a script, and keeps all."""

import email.parser
import email.policy
import itertools
import json


# As at a vendor, no two things have the same id.
NUMBERS = itertools.count(1)


class Captured:
    """The way back of one request of a batch: what a script says stays here."""

    status, body = 200, b""

    def whole(self, body, status=200, content_type="application/json", **headers):
        self.status, self.body = status, body

    def json(self, value, status=200):
        self.whole(json.dumps(value, ensure_ascii=False).encode(), status)


def form(request):
    """The fields of a form: name to (file name, content)."""
    head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    parts = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        parts[name] = (part.get_filename(), part.get_payload(decode=True))
    return parts


class Batches:
    """A script for `MockVendor` that has files and batches; each request is answered by `answer(request, reply)`."""

    def __init__(self, answer, received):
        self.answer, self.received = answer, received
        self.files, self.batches, self.lists = {}, {}, {}
        self.numbers = NUMBERS
        self.holds = False
        self.rewrite = lambda line: line

    def __call__(self, request, reply):
        method, path = request.head.split(b" ")[0].decode(), request.operation.split("/")
        match (method, *path):
            case ("POST", "files"): self.create_file(form(request), reply)
            case ("GET", "files", id, "content") if id in self.files: reply.whole(self.files[id][1], content_type="application/octet-stream")
            case ("GET", "files", id) if id in self.files: reply.json(self.files[id][0])
            case ("DELETE", "files", id) if self.files.pop(id, None): reply.json({"id": id, "object": "file", "deleted": True})
            case ("POST", "batches"): self.create_batch(request.json, reply)
            case ("POST", "batches", id, "cancel") if id in self.batches:
                self.batches[id].update(status="cancelling", cancelling_at=2)
                reply.json(self.batches[id])
            case ("GET", "batches", id) if id in self.batches: reply.json(self.worked_off(id))
            case ("POST", "messages", "batches"): self.create_list(request.json["requests"], reply)
            case ("POST", "messages", "batches", id, "cancel") if id in self.lists:
                self.lists[id][0]["processing_status"] = "canceling"
                reply.json(self.lists[id][0])
            case ("GET", "messages", "batches", id) if id in self.lists: reply.json(self.ended(id))
            case ("GET", "messages", "batches", id, "results") if id in self.lists:
                reply.begin_stream("application/x-jsonl")
                for line in self.results(id):
                    reply.chunk(line[: len(line) // 2], line[len(line) // 2 :])
                reply.end_stream()
            case ("DELETE", "messages", "batches", id) if self.lists.pop(id, None):
                reply.json({"id": id, "type": "message_batch_deleted"})
            case _: reply.json({"error": {"message": "no such thing of Ottoline Brackenridge", "type": "x", "code": "y"}}, 404)

    def create_file(self, fields, reply):
        assert fields["purpose"][1] == b"batch" and set(fields) <= {"purpose", "file", "expires_after[anchor]", "expires_after[seconds]"}
        reply.json(self.keep(fields["file"][0], fields["file"][1], "batch"))

    def keep(self, name, content, purpose):
        id = f"file-{next(self.numbers)}abc"
        shown = {"id": id, "object": "file", "bytes": len(content), "created_at": 1, "filename": name, "purpose": purpose, "status": "processed"}
        self.files[id] = (shown, content)
        return shown

    def create_batch(self, asked, reply):
        assert "metadata" not in asked and asked["input_file_id"] in self.files
        id = f"batch_{next(self.numbers)}"
        lines = self.files[asked["input_file_id"]][1].splitlines()
        self.batches[id] = {
            "id": id, "object": "batch", "endpoint": asked["endpoint"], "input_file_id": asked["input_file_id"],
            "completion_window": asked["completion_window"], "status": "validating", "created_at": 1, "metadata": None, "errors": None,
            "output_file_id": None, "error_file_id": None, "request_counts": {"total": len(lines), "completed": 0, "failed": 0}}
        reply.json(self.batches[id])

    def worked_off(self, id):
        """The batch, which is worked off when it is first asked for unless it is held."""
        batch = self.batches[id]
        if batch["status"] == "validating" and not self.holds:
            good, bad = [], []
            for line in map(json.loads, self.files[batch["input_file_id"]][1].splitlines()):
                answer = self.carry(line["url"], line["body"])
                said = {"status_code": answer.status, "request_id": "req_1", "body": json.loads(answer.body)}
                told = {"id": f"batch_req_{next(self.numbers)}", "custom_id": line["custom_id"], "response": said, "error": None}
                (good if answer.status == 200 else bad).append(self.rewrite(told))
            batch["output_file_id"] = self.keep(f"{id}_output.jsonl", self.jsonl(reversed(good)), "batch_output")["id"]
            if bad:
                batch["error_file_id"] = self.keep(f"{id}_error.jsonl", self.jsonl(bad), "batch_output")["id"]
            batch.update(status="completed", completed_at=2)
        return batch

    def create_list(self, requests, reply):
        id = f"msgbatch_{next(self.numbers)}"
        counts = {"processing": len(requests), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        shown = {
            "id": id, "type": "message_batch", "processing_status": "in_progress", "request_counts": counts, "ended_at": None,
            "created_at": "2026-11-21T00:00:00Z", "expires_at": "2026-11-22T00:00:00Z", "archived_at": None, "cancel_initiated_at": None,
            "results_url": None}
        self.lists[id] = (shown, requests)
        reply.json(shown)

    def ended(self, id):
        shown = self.lists[id][0]
        if not self.holds:
            shown.update(processing_status="ended", ended_at="2026-11-21T01:00:00Z",
                         results_url=f"https://api.anthropic.com/v1/messages/batches/{id}/results")
        return shown

    def results(self, id):
        for request in self.lists[id][1]:
            answer = self.carry("/v1/messages", request["params"])
            said = json.loads(answer.body)
            result = {"type": "succeeded", "message": said} if answer.status == 200 else {"type": "errored", "error": said}
            yield self.jsonl([self.rewrite({"custom_id": request["custom_id"], "result": result})])

    def carry(self, url, body):
        answer = Captured()
        self.answer(self.received(f"POST {url} HTTP/1.1\r\n".encode(), json.dumps(body).encode()), answer)
        return answer

    @staticmethod
    def jsonl(lines):
        return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
