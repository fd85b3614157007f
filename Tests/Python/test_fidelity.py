"""Bytes outside identifiers are not Cordon's to change."""

import json

import mock_vendor
import pytest
from test_sdk import TOKEN


def declined(body):
    """The body as it goes out: with what declines to be kept in front."""
    return body.replace(b"{", b'{"store":false,', 1)


def test_a_request_without_identifiers_reaches_the_vendor_byte_for_byte(gateway, vendor):
    body = (b'{ "model" : "gpt-4o-mini",\n\t"messages":[ {"role":"user", "content":"Is \\u0061 dose of 1.10 mg\\/kg too much? \xc3\xa9\\ud83e\\udec0" ,'
            b' "x_unknown":{"deep":[1.10,1e5,-0.0,1.2345678901234567890123,null,true,[],{}]}} ],'
            b'"temperature":1.10,"top_p":1.0E-2, "x_vendor_option":{"a":[ ]} ,"stream" : false }')
    status, _, _ = gateway.post(body)
    assert (status, vendor.requests[0].body) == (200, declined(body))


def test_a_request_that_says_whether_it_is_kept_reaches_the_vendor_as_it_is(gateway, vendor):
    body = b'{"model":"gpt-4o-mini" ,"store": false,"messages":[{"role":"user","content":"1.10"}]}'
    gateway.post(body)
    assert vendor.requests[0].body == body


def test_around_an_identifier_every_byte_stays(gateway, vendor):
    before = b'{"temperature":1.10,"messages":[{"role":"user","content":"\\u00e9 SSN: '
    after = b'. Potassium 4.10 \\u2265 3.50 \xe2\x89\xa5","extra":1.10}],"seed":0,"model":"gpt-4o-mini","metadata":{"n":1.10}}'
    gateway.post(before + b"219-09-4417" + after)
    before = declined(before)
    sent = vendor.requests[0].body
    assert sent.startswith(before) and sent.endswith(after)
    assert sent[len(before) : -len(after)].startswith(b"SSN_1_")


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_without_tokens_comes_back_as_the_vendor_wrote_it(gateway, vendor, stream):
    message = (b'{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"%s":{"role":"assistant",'
               b'"content":"1.10 \\u00e9\\/ fine","x_unknown":1.10},"logprobs":null,"finish_reason":"stop"}],"usage":{"cost":1.10},"x":[ 1.0 ]}')
    whole = message % (b"delta" if stream else b"message")

    def script(request, reply):
        if stream:
            mock_vendor.stream(reply, [b"data: " + whole + b"\n\n", b"data: [DONE]\n\n"])
        else:
            reply.whole(whole)

    vendor.script = script
    request = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}], "stream": stream}
    status, _, body = gateway.post(request)
    assert status == 200
    if stream:
        events = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: {")]
        assert b"".join(events).count(b"1.10") == whole.count(b"1.10")
        assert b'"x_unknown":1.10' in body and b'"usage":{"cost":1.10},"x":[ 1.0 ]' in body
    else:
        assert body == whole


def test_only_cordons_own_headers_and_credential_reach_the_vendor(gateway, vendor):
    headers = {"cookie": "session=1", "x-forwarded-for": "10.1.2.3", "openai-organization": "org-1", "user-agent": "ward-7"}
    gateway.post({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}, headers=headers)
    sent = vendor.requests[0]
    assert sent.headers["authorization"] == "Bearer sk-vendor-3f9c1e7a5b2d4860"
    for value in ("session=1", "10.1.2.3", "org-1", "ward-7", "cordon_sk_"):
        assert value.encode() not in sent.head + sent.body


def test_text_that_looks_like_a_token_is_not_taken_for_one(gateway, vendor):
    text = "The code NAME_1_KTQ was in the note of Patient: Ottoline Brackenridge."
    status, _, body = gateway.post({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]})
    assert json.loads(body)["choices"][0]["message"]["content"] == text


def test_a_token_that_the_vendor_makes_up_restores_nothing(gateway, vendor):
    def script(request, reply):
        # Each token of the prompt with other letters at its end than it has, and one of a number that there is none of.
        name, number = TOKEN.findall(request.prompt)
        others = [token[:-3] + ("BBB" if token[-3:] != "BBB" else "CCC") for token in (name, number)]
        mock_vendor.saying(f"Ask {others[0]}, NAME_2_KTQ and {others[1]}.")(request, reply)

    vendor.script = script
    text = "Patient: Ottoline Brackenridge, SSN: 219-09-4417"
    status, _, body = gateway.post({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]})
    content = json.loads(body)["choices"][0]["message"]["content"]
    assert content.startswith("Ask ") and "Brackenridge" not in content and "219-09" not in content
