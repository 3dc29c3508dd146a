"""A websocket that says back what it hears, with nothing behind it: the floor of every chat."""


async def app(scope: dict, receive: object, send: object) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (frame := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": frame.get("text")})
