"""A fake of Gemini's generateContent API: chunks, signed thoughts, blocked prompts, errors with details.

`python -m tests.upstream_google --port N`, or `async with GoogleUpstream() as up`. Models: see
upstream_plan, and `blocked`, where the prompt itself is held back.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.upstream import Asked, Connection, Upstream, main
from tests.upstream_openai import mangled
from tests.upstream_plan import CACHED, FRESH, WRITTEN, Asking, Bit, Call, End, Say, Spoil, Think, plan
from tests.upstream_replies import Name, Step, split_bytes

REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "calls": "STOP", "filter": "SAFETY"}
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
STATUSES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
KNOWN = {
    "contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings",
    "cachedContent",
}  # fmt: skip
OPAQUE = {"args", "response", "parametersJsonSchema"}
SIGNATURE = "CpQBAVSoXO4gYW5kIHRoZSByZXN0"
LISTED = ("gemini-2.5-pro", "gemini-2.5-flash", "text-embedding-004")
TYPE = "type.googleapis.com/google.rpc"


class GoogleUpstream(Upstream):
    base = ""
    too_long = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    unpaid = (402, "Billing is disabled for this project.")
    elsewhere = "http://127.0.0.2:9/v1beta/models"

    async def _respond(self, client: Connection, asked: Asked) -> None:
        asked.body = camel(asked.body)
        await super()._respond(client, asked)

    def is_wrong_key(self, asked: Asked) -> bool:
        return asked.headers.get("x-goog-api-key") in {None, "wrong"}

    def is_listing(self, asked: Asked) -> bool:
        return asked.path.partition("?")[0] == "/v1beta/models"

    def listing(self, asked: Asked) -> object:
        """Two pages, whatever page size is asked for."""
        if "pageToken=" in asked.path:
            return {"models": list(map(listed, LISTED[1:]))}
        return {"models": list(map(listed, LISTED[:1])), "nextPageToken": "ChFtb2RlbHMv"}

    def said(self, asked: Asked) -> str:
        return asking_of(asked).said

    def refused(self, asked: Asked) -> str:
        return refused(asked)

    def steps(self, asked: Asked) -> Iterator[Step]:
        asking = asking_of(asked)
        name = Name.parse(asking.model)
        match name.mode:
            case "odd":
                return odd()
            case "blocked":
                return iter([Step(blocked())])
            case _:
                return mangled(name, spoken(asking))

    def problem(self, status: int, message: str) -> tuple[int, object, str]:
        """A wrong key is an invalid argument here, and how long to wait stands among the details."""
        details: list[dict[str, Any]] = []
        if status == 401:
            status, message = 400, "API key not valid. Please pass a valid API key."
            details = [
                {
                    "@type": f"{TYPE}.ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                    "metadata": {"service": "generativelanguage.googleapis.com"},
                }
            ]
        if status == 429:
            message = "You exceeded your current quota, please check your plan and billing details."
            violation = {
                "quotaMetric": "generate_content_free_tier_requests",
                "quotaId": "PerMinutePerModel",
            }
            details = [
                {"@type": f"{TYPE}.QuotaFailure", "violations": [violation]},
                {"@type": f"{TYPE}.RetryInfo", "retryDelay": "7s"},
            ]
        error = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}
        return status, {"error": error | ({"details": details} if details else {})}, ""


def camel(value: Any) -> Any:
    """The API takes either way to write a name, and the library mixes them; what people name stays."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    renamed = {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): one for name, one in value.items()}
    return {name: one if name in OPAQUE else camel(one) for name, one in renamed.items()}


def listed(name: str) -> dict[str, Any]:
    is_chat = name.startswith("gemini")
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A model.",
        "inputTokenLimit": 1_048_576 if is_chat else 2048,
        "outputTokenLimit": 65_536 if is_chat else 1,
        "supportedGenerationMethods": ["generateContent", "countTokens"] if is_chat else ["embedContent"],
    } | (
        {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2, "thinking": True} if is_chat else {}
    )


def spoken(asking: Asking) -> Iterator[Step]:
    said = itertools.count(1)
    signed = [SIGNATURE]
    for bit in plan(asking):
        yield from encoded(bit, asking, said, signed)


def encoded(bit: Bit, asking: Asking, said: Iterator[int], signed: list[str]) -> Iterator[Step]:
    match bit:
        case Think(text):
            yield Step(chunk(asking.model, [{"text": text, "thought": True}]))
        case Say("\u0020"):
            yield Step(chunk(asking.model, [{"text": " "}]), is_token=True)
        case Say(text):
            data = chunk(asking.model, [{"text": text}], usage(next(said), 0, is_cached=False))
            yield from split_bytes(data) if asking.model == "utf8split" else [Step(data, is_token=True)]
        case Call(name, arguments):
            part: dict[str, Any] = {"functionCall": {"name": name, "args": json.loads(arguments)}}
            if signed:  # of calls at once the first alone carries it
                part["thoughtSignature"] = signed.pop()
            yield Step(chunk(asking.model, [part]))
        case Spoil(how):
            yield from spoilt(how)
        case End(reason, count, thought, is_cached):
            counted = usage(count, thought, is_cached=is_cached)
            yield Step(chunk(asking.model, [{"text": ""}], counted, REASONS[reason]))


def chunk(
    model: str,
    parts: list[dict[str, Any]],
    usage: dict[str, Any] | None = None,
    reason: str | None = None,
) -> bytes:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    return event(
        {"candidates": [candidate], "modelVersion": model, "responseId": "Il0taoSYJ5Ce"}
        | ({"usageMetadata": usage} if usage else {})
    )


def usage(said: int, thought: int, *, is_cached: bool) -> dict[str, Any]:
    """The prompt's count holds what the cache gave; the candidates' count holds no thoughts."""
    prompt = FRESH + CACHED + WRITTEN if is_cached else FRESH
    counted: dict[str, Any] = {"promptTokenCount": prompt, "candidatesTokenCount": said}
    if thought:
        counted["thoughtsTokenCount"] = thought
    if is_cached:
        counted["cachedContentTokenCount"] = CACHED
    counted["totalTokenCount"] = prompt + said + thought
    return counted | {"promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}]}


def event(payload: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(payload, ensure_ascii=False)}\r\n\r\n".encode()


def blocked() -> bytes:
    counted = {"promptTokenCount": FRESH, "totalTokenCount": FRESH}
    return event({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": counted})


def spoilt(how: str) -> Iterator[Step]:
    match how:
        case "hang":
            yield Step(act="hang")
        case "pings":
            for _ in range(1000):
                yield Step(b": still here\r\n\r\n", act="ping")
        case "drop":
            yield Step(act="reset")
        case "shut":
            yield Step(act="close")
        case "bad":
            yield Step(b'data: {"candidates": [{"content": { oh\r\n\r\n')
            yield Step(act="hang")
        case "huge":
            yield from itertools.repeat(Step(b"data: " + b"x" * 65536), 1000)
        case "err":
            problem = {"code": 503, "message": "The engine overheated", "status": "UNAVAILABLE"}
            yield Step(event({"error": problem}))


def odd() -> Iterator[Step]:
    """Kinds of parts and reasons that are not known yet, and what the format allows."""
    yield Step(b": a comment\r\n\r\ndata: {}\n\n")
    yield Step(chunk("odd", [{"hologram": {"x": 1}}, {"text": "a"}]))
    yield Step(chunk("odd", [{"executableCode": {"language": "PYTHON", "code": "1"}}]))
    yield Step(b'data: {"candidates": [{"content": {}, "index": 0}]}\r\n\r\n')
    yield Step(b'data:{"candidates": [{"content": {"parts": [{"text": "b"}]}}]}\n\n')
    yield Step(event({"candidates": [{"content": {"parts": [{"text": "c"}]}, "novelty": {"x": []}}]}))
    yield Step(event({"usageMetadata": {"candidatesTokenCount": 4, "novelTokenCount": "many"}}))
    yield Step(chunk("odd", [{"text": "d"}], {"candidatesTokenCount": 4}, "STOP"))
    yield Step(event({"candidates": []}).strip())


def asking_of(asked: Asked) -> Asking:
    contents = asked.body.get("contents", [])
    mine = [content["parts"] for content in contents if content["role"] == "user"]
    said = ["".join(part.get("text", "") for part in parts) for parts in mine]
    parts = list(itertools.chain.from_iterable(mine))
    return Asking(
        model=asked.model,
        said=next((text for text in reversed(said) if text), ""),
        turns=len(contents) + ("systemInstruction" in asked.body),
        media=tuple(media_of(part["inlineData"]) for part in parts if "inlineData" in part),
        results=tuple(result_of(part["functionResponse"]) for part in parts if "functionResponse" in part),
    )


def media_of(blob: dict[str, Any]) -> str:
    return f"{blob['mimeType']} {len(blob['data']) * 3 // 4 - blob['data'].count('=')}"


def result_of(answer: dict[str, Any]) -> str:
    response = answer["response"]
    return str(response.get("output", response.get("error")))


def refused(asked: Asked) -> str:
    if unknown := sorted(asked.body.keys() - KNOWN):
        return f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
    if "alt=sse" not in asked.path:
        return "This fake streams events alone."
    contents = asked.body.get("contents", [])
    if not contents:
        return "* GenerateContentRequest.contents: contents is not specified"
    for content in contents:
        if content["role"] not in {"user", "model"}:
            return "Please use a valid role: user, model."
        if not content["parts"] or any(not part for part in content["parts"]):
            return "* GenerateContentRequest.contents.parts: contents.parts must not be empty."
    return refused_calls(asked.model, contents)


def refused_calls(model: str, contents: list[dict[str, Any]]) -> str:
    """As many answers as calls, right after them; the first call with the signature that it came with."""
    called: list[str] = []
    for content in [*contents, {"role": "user", "parts": []}]:
        answers = [
            part["functionResponse"]["name"] for part in content["parts"] if "functionResponse" in part
        ]
        if answers != called:
            return (
                "Please ensure that the number of function response parts is equal to the number of "
                "function call parts of the function call turn."
            )
        calls = [part for part in content["parts"] if "functionCall" in part]
        called = [part["functionCall"]["name"] for part in calls]
        if called and model == "ponder" and calls[0].get("thoughtSignature") != SIGNATURE:
            return "Function call is missing a thought_signature in functionCall parts."
    return ""


if __name__ == "__main__":
    main(GoogleUpstream, __doc__)
