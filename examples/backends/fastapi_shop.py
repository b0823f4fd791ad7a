"""A shop in FastAPI whose checkout only those with a pass reach.

DOORWARD_URL=http://127.0.0.1:8080 DOORWARD_KEY=… uvicorn --app-dir examples/backends fastapi_shop:app
"""

import os

from doorward import AsgiGate, AsyncClient, Verdict
from fastapi import FastAPI, Request

door = AsyncClient(os.environ["DOORWARD_URL"], api_key=os.environ["DOORWARD_KEY"])
app = FastAPI()
app.add_middleware(AsgiGate, client=door, room="sale", public=("/health",))


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "up"}


@app.get("/checkout")
async def cart(request: Request) -> dict[str, str | None]:
    verdict: Verdict = request.scope["doorward"]
    return {"ticket": verdict.ticket}


@app.post("/checkout")
async def buy(request: Request) -> dict[str, bool]:
    await door.finish(request.scope["doorward"].ticket)  # the next one gets in
    return {"sold": True}
