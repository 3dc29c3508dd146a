"""A websocket client for consumers under test. Like channels.testing's, which would need daphne installed."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    def __init__(self, application: Any, path: str, **scope: Any) -> None:
        address, _, query = path.partition("?")
        super().__init__(
            application,
            {"type": "websocket", "path": address, "query_string": query.encode(), "headers": [], **scope},
        )

    async def connect(self, timeout: float = 30) -> tuple[bool, int]:
        """Whether the server let us in, else the code it closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout)
        return answer["type"] == "websocket.accept", answer.get("code", 0)

    async def send_json_to(self, words: Any) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(words)})

    async def receive_json_from(self, timeout: float = 30) -> Any:
        answer = await self.receive_output(timeout)
        assert answer["type"] == "websocket.send", answer
        return json.loads(answer["text"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=10)
