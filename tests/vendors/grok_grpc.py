"""xAI's Chat, over gRPC as its own client speaks it. Needs xai-sdk, which brings the messages."""

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict
from xai_sdk.proto import chat_pb2, sample_pb2, usage_pb2

from vendors.serving import Asked, End, Reply, Responder, Vendor, n_tokens, pieces

FINISH: dict[End, str] = {"end": "REASON_STOP", "max_tokens": "REASON_MAX_LEN"}
N_THREADS = 8


@contextmanager
def serve(responder: Responder) -> Iterator[Vendor]:
    """Serve on this machine alone; the client takes ``localhost:PORT`` for such a server."""
    vendor = Vendor()

    def replied(request: Any, context: Any) -> Reply:  # noqa: ANN401 -- messages of an untyped package
        headers = {key: str(value) for key, value in context.invocation_metadata()}
        vendor.asked.append(Asked("GetCompletion", headers, MessageToDict(request)))
        return responder("".join(part.text for part in request.messages[-1].content))

    def whole(request: Any, context: Any) -> Any:  # noqa: ANN401
        reply = replied(request, context)
        message = {
            "content": reply.text,
            "reasoning_content": reply.thinking,
            "role": chat_pb2.MessageRole.ROLE_ASSISTANT,
        }
        output = {"finish_reason": _finish(reply), "index": 0, "message": message}
        return chat_pb2.GetChatCompletionResponse(
            id="grok-1", model=request.model, outputs=[output], usage=_usage(reply)
        )

    def chunks(request: Any, context: Any) -> Iterator[Any]:  # noqa: ANN401
        reply = replied(request, context)
        deltas = [{"reasoning_content": piece} for piece in pieces(reply.thinking)]
        deltas += [{"content": piece} for piece in pieces(reply.text)]
        for number, delta in enumerate(deltas, start=1):
            told = delta | {"role": chat_pb2.MessageRole.ROLE_ASSISTANT}
            output = {"index": 0, "delta": told}
            if number == len(deltas):
                output["finish_reason"] = _finish(reply)
            yield chat_pb2.GetChatCompletionChunk(
                id="grok-1", model=request.model, outputs=[output], usage=_usage(reply)
            )

    server = grpc.server(futures.ThreadPoolExecutor(N_THREADS))
    server.add_generic_rpc_handlers([_handlers(whole, chunks)])
    port = server.add_secure_port("localhost:0", grpc.local_server_credentials())
    server.start()
    vendor.url = f"localhost:{port}"
    try:
        yield vendor
    finally:
        server.stop(None).wait()


def _handlers(whole: Any, chunks: Any) -> Any:  # noqa: ANN401
    asked = chat_pb2.GetCompletionsRequest.FromString
    return grpc.method_handlers_generic_handler(
        "xai_api.Chat",
        {
            "GetCompletion": grpc.unary_unary_rpc_method_handler(
                whole, asked, chat_pb2.GetChatCompletionResponse.SerializeToString
            ),
            "GetCompletionChunk": grpc.unary_stream_rpc_method_handler(
                chunks, asked, chat_pb2.GetChatCompletionChunk.SerializeToString
            ),
        },
    )


def _finish(reply: Reply) -> Any:  # noqa: ANN401
    return sample_pb2.FinishReason.Value(FINISH[reply.end])


def _usage(reply: Reply) -> Any:  # noqa: ANN401
    thought, said = n_tokens(reply.thinking), n_tokens(reply.text)
    return usage_pb2.SamplingUsage(
        completion_tokens=said,
        reasoning_tokens=thought,
        prompt_tokens=1,
        total_tokens=1 + thought + said,
    )
