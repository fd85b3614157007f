"""Files and batches through the gateway: the official clients get their own lines back, vendors see no identifier."""

import json

import mock_vendor
import anthropic
import openai
import pytest
from canaries import NOTE, contents, found
from conftest import Gateway, new_caller, running, speak_every_dialect

SECOND = "Patient: Maria Gonzalez, MRN 70011223, seen on 09/14/2026 for a cough."
PEOPLE = ["Gonzalez", "70011223", "09/14/2026"]
IDS = ["Brackenridge-48291773", "visit of Maria Gonzalez"]


def allow(configuration):
    speak_every_dialect(configuration)
    for use_case in configuration["use_cases"]:
        if use_case["id"] in ("summarize", "claude", "research"):
            use_case["kept_by_vendor"] = {}


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    """A gateway whose use cases let vendors keep something, with a second caller of the same use cases."""
    other = new_caller()

    def change(configuration):
        allow(configuration)
        first = configuration["callers"][0]
        configuration["callers"].append({**first, "id": "dr-kim", "key_hash": other.hash})

    with running(tmp_path_factory.mktemp("batches"), caller, change) as (gateway, vendor):
        gateway.other = other
        yield gateway, vendor


@pytest.fixture
def desk(house):
    """The gateway, its vendor with a clean record, and the vendor's files and batches."""
    gateway, vendor = house
    vendor.forget()
    vendor.script = mock_vendor.batches()
    return gateway, vendor, vendor.script


def lines(texts=(NOTE, SECOND), ids=IDS, **more):
    """The file of a batch, as clients write it."""
    asked = ({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more} for text in texts)
    told = ({"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body} for id, body in zip(ids, asked))
    return b"".join(json.dumps(line).encode() + b"\n" for line in told)


def upload(client, content=None, name="Brackenridge, Ottoline.jsonl", purpose="batch"):
    return client.files.create(file=(name, content if content is not None else lines()), purpose=purpose)


def order(client, file, **more):
    return client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", **more)


def answers(content):
    """What each line of a result says, by its name."""
    told = map(json.loads, content.splitlines())
    return {line["custom_id"]: line["response"]["body"]["choices"][0]["message"]["content"] for line in told}


def of(gateway, operation):
    return [entry for entry in gateway.entries() if entry.get("operation") == operation and entry["event"].startswith("request.")]


def test_a_batch_comes_back_restored_and_the_vendor_saw_no_identifier(desk):
    gateway, vendor, shelf = desk
    client = gateway.client()
    file = upload(client)
    assert (file.filename, file.purpose, file.status) == ("Brackenridge, Ottoline.jsonl", "batch", "processed")
    batch = order(client, file, metadata={"ward": "of Ottoline Brackenridge"})
    assert batch.status == "validating" and batch.metadata == {"ward": "of Ottoline Brackenridge"}
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed" and batch.metadata == {"ward": "of Ottoline Brackenridge"}
    assert answers(client.files.content(batch.output_file_id).content) == dict(zip(IDS, (NOTE, SECOND)))
    assert client.files.retrieve(batch.output_file_id).purpose == "batch_output"
    assert found(vendor.received) == found(vendor.received, PEOPLE) == []
    sent = [json.loads(line) for line in next(iter(shelf.files.values()))[1].splitlines()]
    assert [line["custom_id"] for line in sent] == ["item-1", "item-2"] and sent[0]["body"]["store"] is False
    assert b"expires_after[seconds]" in vendor.received
    # The caller's own file reads as it was handed over.
    assert [json.loads(line)["custom_id"] for line in client.files.content(file.id).iter_lines()] == IDS
    assert answers_of_input(client.files.content(file.id).content) == [NOTE, SECOND]
    assert [listed.id for listed in client.files.list()] == [file.id]
    assert [listed.id for listed in client.batches.list()] == [batch.id]
    assert client.files.delete(file.id).deleted
    assert [listed.id for listed in client.files.list()] == []
    # What belongs to the batch stays until its own time is over.
    assert answers(client.files.content(batch.output_file_id).content) == dict(zip(IDS, (NOTE, SECOND)))


def answers_of_input(content):
    return [json.loads(line)["body"]["messages"][0]["content"] for line in content.splitlines()]


def test_each_step_is_in_the_log_with_what_was_found_and_restored(desk):
    gateway, _, _ = desk
    client = gateway.client()
    batch = client.batches.retrieve(order(client, upload(client)).id)
    client.files.content(batch.output_file_id).read()
    opened, closed = of(gateway, "files.create")[-2:]
    assert (opened["event"], opened["lines"], opened["model"], opened["vendor"]) == ("request.opened", 2, "gpt-4o-mini", "mock")
    assert opened["identifiers"]["NAME"] >= 4 and closed["event"] == "request.closed" and closed["outcome"] == "completed"
    assert of(gateway, "batches.create")[-2]["lines"] == 2
    opened, closed = of(gateway, "files.content")[-2:]
    assert opened["object"].startswith("file:") and (closed["lines"], closed["outcome"]) == (2, "completed")
    assert closed["restored"]["NAME"] >= 4 and closed["prompt_tokens"] == 22
    explained = gateway.cordon("explain", opened["request"])
    assert explained.returncode == 0 and "2 of a batch" in explained.stdout
    files = b"".join(content for _, content in contents(gateway.data))
    assert found(files) == found(files, PEOPLE) == found(gateway.output) == []
    verified = gateway.cordon("log", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_messages_come_back_restored_line_by_line(desk):
    gateway, vendor, _ = desk
    client = gateway.anthropic(default_headers={"x-cordon-use-case": "claude"})
    asked = [{"custom_id": id, "params": {"model": "claude-sonnet-5", "max_tokens": 64, "messages": [{"role": "user", "content": text}]}}
             for id, text in zip(IDS, (NOTE, SECOND))]
    batch = client.messages.batches.create(requests=asked)
    assert batch.processing_status == "in_progress"
    results = {result.custom_id: result.result.message.content[0].text for result in client.messages.batches.results(batch.id)}
    assert results == dict(zip(IDS, (NOTE, SECOND)))
    assert [listed.id for listed in client.messages.batches.list()] == [batch.id]
    assert found(vendor.received) == found(vendor.received, PEOPLE) == []
    assert client.messages.batches.cancel(batch.id).processing_status == "canceling"
    assert client.messages.batches.delete(batch.id).type == "message_batch_deleted"
    with pytest.raises(anthropic.NotFoundError):
        client.messages.batches.retrieve(batch.id)


def test_what_is_anothers_is_what_never_was(desk):
    gateway, vendor, _ = desk
    client = gateway.client()
    file = upload(client)
    batch = client.batches.retrieve(order(client, file).id)
    vendor.forget()
    theirs = Gateway(gateway.folder, gateway.configuration, gateway.other)
    elsewhere = {"x-cordon-use-case": "research"}
    for who, headers in ((theirs, {}), (gateway, elsewhere)):
        key = {"authorization": f"Bearer {who.caller.key}", **headers}
        for method, path in (
                ("GET", "/v1/files/{}"), ("GET", "/v1/files/{}/content"), ("DELETE", "/v1/files/{}"), ("GET", "/v1/batches/{}"),
                ("POST", "/v1/batches/{}/cancel"), ("GET", "/v1/messages/batches/{}/results")):
            told = [who.send(method, path.format(id), headers=key) for id in (file.id, batch.id, batch.output_file_id, "file-none", "..", "%2e")]
            assert {(status, json.loads(body).get("error", {}).get("message")) for status, _, body in told} == {
                (404, "no such file or batch, or not for this caller")}
        asked = {"input_file_id": file.id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        assert who.send("POST", "/v1/batches", json.dumps(asked), key)[0] == 404
        assert json.loads(who.send("GET", "/v1/files", headers=key)[2])["data"] == []
        assert json.loads(who.send("GET", "/v1/batches", headers=key)[2])["data"] == []
    assert vendor.received == b""


def test_a_line_that_is_refused_refuses_the_upload_and_names_its_rule(desk):
    gateway, vendor, _ = desk
    client = gateway.client()

    def refused(error, code, *words, content=None, **more):
        with pytest.raises(error) as raised:
            upload(client, content, **more)
        assert raised.value.code == code and all(word in str(raised.value) for word in words), str(raised.value)
        assert found(str(raised.value).encode()) == []

    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    good = lines()
    bad = lambda **more: good + lines([NOTE], ["x"], **more)
    refused(openai.PermissionDeniedError, "uninspectable_content", "line 3", "content[0]", content=bad(messages=[{"role": "user", "content": [image]}]))
    refused(openai.PermissionDeniedError, "model_not_allowed", "line 3", content=bad(model="gpt-none"))
    refused(openai.PermissionDeniedError, "kept_by_vendor", "line 3", content=bad(store=True))
    refused(openai.PermissionDeniedError, "uninspectable_content", "purpose", purpose="assistants")
    refused(openai.BadRequestError, "invalid_request", "line 3", "stream", content=bad(stream=True))
    refused(openai.BadRequestError, "invalid_request", "line 3", "model", content=bad(model="gpt-3.5-turbo-instruct"))
    refused(openai.BadRequestError, "invalid_request", "line 2", "custom_id", content=lines(ids=["x", "x"]))
    refused(openai.BadRequestError, "invalid_request", "line 3", content=good + b'{"custom_id":"Ottoline Brackenridge"')
    refused(openai.BadRequestError, "invalid_request", "line 3", "url", content=good + lines([NOTE], ["x"]).replace(b"/v1/chat/completions", b"/v1/images"))
    refused(openai.BadRequestError, "invalid_request", content=b"\n \n")
    assert vendor.received == b""
    status, headers, body = gateway.post(b"{}", "/v1/files")
    assert status == 400 and json.loads(body)["error"]["code"] == "invalid_request"
    file = upload(client)
    for endpoint in ("/v1/responses", "/v1/embeddings"):
        with pytest.raises(openai.BadRequestError):
            client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")


def test_without_permission_nothing_is_kept(own):
    def change(configuration):
        speak_every_dialect(configuration)
        configuration["use_cases"][0]["retention"] = "zero"
        configuration["vendors"][0]["agreement"]["zero_retention_attested"] = configuration["vendors"][0]["agreement"]["signed"]

    with own(change) as (gateway, vendor):
        for use_case in ("summarize", "research"):
            client = gateway.client(default_headers={"x-cordon-use-case": use_case})
            for ask in (lambda: upload(client), client.files.list, lambda: client.batches.retrieve("batch_1")):
                with pytest.raises(openai.PermissionDeniedError) as raised:
                    ask()
                assert raised.value.code == "kept_by_vendor" and raised.value.response.headers["x-should-retry"] == "false"
        assert vendor.received == b""


def test_it_goes_on_after_a_restart_and_a_stop_stops_what_is_kept(own):
    with own(allow) as (gateway, vendor):
        shelf = vendor.script = mock_vendor.batches()
        shelf.holds = True
        client = gateway.client()
        batch = order(client, upload(client))
        gateway.kill()
        shelf.holds = False
        gateway.start()
        client = gateway.client()
        done = client.batches.retrieve(batch.id)
        assert answers(client.files.content(done.output_file_id).content) == dict(zip(IDS, (NOTE, SECOND)))
        assert gateway.cordon("kill", "gpt-4o-mini", "--reason", "INC-1", "--by", "alice").returncode == 0
        vendor.requests.clear()
        for ask in (lambda: client.files.content(done.output_file_id), lambda: upload(client), lambda: order(client, openai.types.FileObject.construct(id=done.input_file_id))):
            with pytest.raises(openai.PermissionDeniedError) as raised:
                ask()
            assert raised.value.code == "stopped_by_operator"
        assert vendor.requests == []
        assert gateway.cordon("kill", "gpt-4o-mini", "--lift", "--by", "alice").returncode == 0
        assert answers(client.files.content(done.output_file_id).content) == dict(zip(IDS, (NOTE, SECOND)))


def test_what_the_model_makes_up_and_what_the_vendor_says_in_place_of_an_answer_do_not_pass(desk):
    gateway, vendor, shelf = desk
    client = gateway.client()

    def answer(request, reply):
        if "cough" in request.prompt:
            return reply.json({"error": {"message": "no good: Ottoline Brackenridge", "type": "x", "code": "y"}}, 400)
        mock_vendor.saying(f"Call Thelonious Quackenbush, SSN 219-55-1234, for {request.prompt.split()[1]}")(request, reply)

    shelf.answer = answer
    batch = client.batches.retrieve(order(client, upload(client)).id)
    told = answers(client.files.content(batch.output_file_id).content)
    assert found(json.dumps(told).encode(), ["Quackenbush", "219-55-1234"]) == [] and "Ottoline" in told[IDS[0]]
    failed, = map(json.loads, client.files.content(batch.error_file_id).content.splitlines())
    assert (failed["custom_id"], failed["response"]["status_code"]) == (IDS[1], 400)
    assert failed["response"]["body"]["error"]["code"] == "vendor_status_400" and "Brackenridge" not in str(failed)


def test_a_result_of_no_request_breaks_the_download_off(desk):
    gateway, vendor, shelf = desk
    client = gateway.client()
    shelf.rewrite = lambda line: {**line, "custom_id": "item-7"}
    batch = client.batches.retrieve(order(client, upload(client)).id)
    with pytest.raises((openai.APIConnectionError, Exception)) as raised:
        client.files.content(batch.output_file_id).read()
    assert "Brackenridge" not in str(raised.value)
    assert of(gateway, "files.content")[-1]["outcome"] == "vendor_failed"


def test_whom_a_request_names_has_each_access_recorded(desk):
    gateway, vendor, _ = desk
    client = gateway.client()
    told = b"".join(with_patient(line, f"Patient/471{number}") for number, line in enumerate(lines().splitlines()))
    batch = client.batches.retrieve(order(client, upload(client, told)).id)
    client.files.content(batch.output_file_id).read()
    for operation in ("files.create", "batches.create", "files.content"):
        opened = [entry for entry in of(gateway, operation) if entry["event"] == "request.opened"]
        whole = [entry for entry in opened if not entry.get("object", "").startswith("req_")][-1]
        people = [entry for entry in opened if entry.get("object") == whole["request"]]
        # They share an entry, and each is found by their own tag and has a sealed part of their own.
        [shared] = people
        assert len(set(shared["tags"])) == 2 and {part["subject"] for part in shared["parts"]} == set(shared["tags"]), operation
    for number in range(2):
        found_by = gateway.cordon("log", "search", "--tag", shared["tags"][number], "--json")
        assert found_by.returncode == 0 and found_by.stdout.count('"request.opened"') == 3, found_by.stderr
    assert b"cordon\"" not in vendor.received and b"Patient/471" not in vendor.received


def with_patient(line, patient):
    told = json.loads(line)
    told["body"]["cordon"] = {"patient": patient}
    return json.dumps(told).encode() + b"\n"
