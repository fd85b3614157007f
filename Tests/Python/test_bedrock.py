"""A vendor like Amazon Bedrock behind the gateway, for clients of both dialects."""

import anthropic
import pytest
import vendor_bedrock
import vendor_messages
from canaries import NOTE, found
from conftest import running

MODEL = "us.anthropic.claude-sonnet-4-20250514-v1:0"
PATH = "/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0"
MESSAGES = [{"role": "user", "content": NOTE}]


@pytest.fixture(scope="module")
def service(tmp_path_factory, caller):
    folder = tmp_path_factory.mktemp("bedrock")
    (folder / "credentials").write_text(vendor_bedrock.CREDENTIALS)

    def change(configuration):
        vendor = configuration["vendors"][0]
        vendor.update(
            kind="bedrock", base_url=vendor["base_url"].removesuffix("/v1"), aws_region=vendor_bedrock.REGION,
            credential={"file": str(folder / "credentials")})
        configuration["vendors"].append(
            {**vendor, "id": "by-key", "credential": {"environment": "VENDOR_KEY"}})
        for use_case in configuration["use_cases"][:2]:
            use_case["models"] = [MODEL]
        configuration["use_cases"].append({**configuration["use_cases"][0], "id": "by-key", "vendor": "by-key"})
        configuration["callers"][0]["use_cases"].append("by-key")

    with running(folder, caller, change) as pair:
        yield pair


@pytest.fixture
def bedrock(service):
    gateway, vendor = service
    vendor.forget().script = vendor_bedrock.script()
    return gateway, vendor


def anthropic_says(gateway, stream, **more):
    if not stream:
        return gateway.anthropic(**more).messages.create(model=MODEL, max_tokens=200, messages=MESSAGES).content[-1].text
    with gateway.anthropic(**more).messages.stream(model=MODEL, max_tokens=200, messages=MESSAGES) as events:
        return "".join(events.text_stream)


def openai_says(gateway, stream):
    answer = gateway.client().chat.completions.create(model=MODEL, messages=MESSAGES, stream=stream)
    if not stream:
        return answer.choices[0].message.content
    return "".join(piece.choices[0].delta.content or "" for piece in answer if piece.choices)


@pytest.mark.parametrize("says", [anthropic_says, openai_says])
@pytest.mark.parametrize("stream", [False, True])
def test_the_answer_comes_back_whole_and_requests_are_signed(bedrock, says, stream):
    gateway, vendor = bedrock
    assert says(gateway, stream) == NOTE
    [request] = vendor.requests
    assert request.path == PATH + ("/invoke-with-response-stream" if stream else "/invoke")
    expected, signature = vendor_bedrock.signed(request)
    assert signature == expected and request.headers["x-amz-security-token"] == "session/1"
    assert found(vendor.received) == [] and vendor_bedrock.SECRET.encode() not in vendor.received


@pytest.mark.parametrize("sizes", [1, 7, 64])
def test_a_stream_is_the_same_wherever_the_network_cuts_it(bedrock, sizes):
    gateway, vendor = bedrock
    vendor.script = vendor_bedrock.script(cut=3, sizes=sizes, thinks=True)
    assert anthropic_says(gateway, True) == NOTE


def test_an_api_key_goes_as_a_bearer_token(bedrock):
    gateway, vendor = bedrock
    assert anthropic_says(gateway, True, default_headers={"x-cordon-use-case": "by-key"}) == NOTE
    assert vendor.requests[0].headers["authorization"].startswith("Bearer ")


def test_an_exception_in_a_stream_is_an_error_without_its_words(bedrock):
    gateway, vendor = bedrock

    def broken(request, reply):
        events = vendor_messages.saying("a b c d", 1)[:4]
        reply.begin_stream("application/vnd.amazon.eventstream")
        reply.chunk(*map(vendor_bedrock.chunk, events), vendor_bedrock.exception("throttlingException", "words of the vendor"))
        reply.end_stream()

    vendor.script = broken
    with pytest.raises(anthropic.APIStatusError) as raised:
        anthropic_says(gateway, True)
    assert raised.value.body["error"]["type"] == "api_error" and "words" not in str(raised.value.body)


@pytest.mark.parametrize("fault", ["cut", "flipped"])
def test_a_stream_that_breaks_is_no_whole_answer(bedrock, fault):
    gateway, vendor = bedrock

    def broken(request, reply):
        made = b"".join(map(vendor_bedrock.chunk, vendor_messages.saying("a b c d", 1)))
        if fault == "cut":
            made = made[:-20]
        else:
            made = made[:-30] + bytes([made[-30] ^ 1]) + made[-29:]
        reply.begin_stream("application/vnd.amazon.eventstream")
        reply.chunk(made)
        reply.end_stream()

    vendor.script = broken
    with pytest.raises(anthropic.APIError):
        anthropic_says(gateway, True)


def test_what_the_service_does_not_offer_is_refused_before_anything_is_sent(bedrock):
    gateway, vendor = bedrock
    with pytest.raises(anthropic.PermissionDeniedError):
        gateway.anthropic().messages.count_tokens(model=MODEL, messages=MESSAGES)
    assert vendor.received == b""
