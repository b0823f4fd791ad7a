"""The usual way: FastAPI and Redis. A queue with JWTs as system 4 has it, and a ticket behind a lock as system 2.

Written to be quick within that way: one worker with uvloop, httptools and hiredis, one round trip to Redis where one is
enough, scripts where a step must be whole, no access log, no models that would have to be validated.

    uvicorn app:app --no-access-log      REDIS_URL=redis://127.0.0.1:6379
"""

import os
import time
import uuid

import jwt
import redis.asyncio as redis
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

SECRET = "a secret of the peer that is long enough"
store = redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"), max_connections=256)
app = FastAPI(openapi_url=None)

# The place in line, made once: 0 is the first.
ENQUEUE = store.register_script(
    """redis.call('ZADD', KEYS[1], 'NX', redis.call('INCR', KEYS[2]), ARGV[1])
return redis.call('ZRANK', KEYS[1], ARGV[1])"""
)
# Compare and delete.
RELEASE = store.register_script(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)


def issue(user):
    return jwt.encode({"user_id": user, "exp": int(time.time()) + 300}, SECRET, "HS256")


def user_of(request):
    return jwt.decode(request.headers["jwt"], SECRET, ["HS256"])["user_id"]


@app.post("/queue/enqueue")
async def enqueue(request: Request):
    user = request.headers["user_id"]
    rank = await ENQUEUE(["queue", "queue:count"], [user])
    return JSONResponse({"jwt": issue(user), "position": rank + 1, "message": "User enqueued successfully."})


@app.get("/queue/status")
async def status(request: Request):
    user = user_of(request)
    async with store.pipeline(transaction=False) as pipe:
        rank, ready = await pipe.zrank("queue", user).exists(f"ready:{user}").execute()
    position = None if rank is None else rank + 1
    return JSONResponse({"warning_msg": None, "jwt_token": request.headers["jwt"], "position": position, "ready": bool(ready)})


@app.get("/queue/verify")
async def verify(request: Request):
    ready = bool(await store.exists(f"ready:{user_of(request)}"))
    return JSONResponse({"message": "User is ready" if ready else "User is not ready", "ready": ready})


@app.post("/reserve")
async def reserve():
    mine = str(uuid.uuid4())
    if not await store.set("lock:reserve", mine, nx=True, px=5000):
        return JSONResponse({"detail": "예약 중입니다. 잠시 후 다시 시도해주세요."}, 429)
    try:
        if int(await store.get("stock") or 0) <= 0:
            return JSONResponse({"detail": "티켓 매진"}, 400)
        async with store.pipeline(transaction=True) as pipe:
            await pipe.decr("stock").sadd("reserved", mine).execute()
        return JSONResponse({"message": "예약 성공!", "user_id": mine})
    finally:
        await RELEASE(["lock:reserve"], [mine])
