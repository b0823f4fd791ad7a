"""The usual way: FastAPI and Redis. The queue of system 4 (gatekeeper) and the reservation of system 2, as their pages describe them.

What both sides of the comparison do is in bench/systems.py. Written to be quick within that way: one worker with uvloop,
httptools, hiredis and orjson, no access log, one script and so one round trip to Redis for each call of the queue. Where the
page of the reservation wants a lock around the sale there are two: to take the lock and look at the stock, to sell and release.

    uvicorn app:app --no-access-log      REDIS_URL=redis://127.0.0.1:6379 JWT_SECRET=…

A business is known by the SHA-256 of its key: `businesses` lists all, `business:{…}` has the eight settings of one.
"""

import asyncio
import hashlib
import os
import time
import uuid
from contextlib import asynccontextmanager
from typing import Annotated

import jwt as pyjwt
import redis.asyncio as redis
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import ORJSONResponse
from pydantic import BaseModel

SECRET = os.environ["JWT_SECRET"]
JWT_OPTIONS = {"verify_exp": False, "require": ["exp", "user_id", "business"]}
store = redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"), max_connections=256)

UNKNOWN, TOO_MANY, QUEUED, ALREADY = -1, -2, 1, 0
# Known? Not too many of this address? KEYS: the business, the counter. ARGV: the names of the limit and of its interval.
ADMITTED_CALL = """
local config = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2], 'jwt_expiry_seconds')
if not config[1] then return {-1} end
local count = redis.call('INCR', KEYS[2])
if count == 1 then redis.call('EXPIRE', KEYS[2], config[2]) end
if count > tonumber(config[1]) then return {-2, math.max(redis.call('TTL', KEYS[2]), 1)} end
"""
# KEYS: … the queue, its count, the user's ready key. ARGV: … the user. The place in line, made once: 0 is the first.
ENQUEUE = store.register_script(
    ADMITTED_CALL
    + """
local expiry = tonumber(config[3])
if redis.call('EXISTS', KEYS[5]) == 1 then return {0, 0, expiry} end
local rank = redis.call('ZRANK', KEYS[3], ARGV[3])
if rank then return {0, rank, expiry} end
redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[4]), ARGV[3])
return {1, redis.call('ZCARD', KEYS[3]) - 1, expiry}
"""
)
# KEYS: … the queue, the user's ready key. ARGV: … the user.
STATUS = store.register_script(
    ADMITTED_CALL
    + """
return {redis.call('EXISTS', KEYS[4]), redis.call('ZRANK', KEYS[3], ARGV[3]) or -1, tonumber(config[3])}
"""
)
# KEYS: the business, whose turn it is, its queue. ARGV: before the user in a ready key.
ADMIT = store.register_script(
    """
local config = redis.call('HMGET', KEYS[1], 'admission_limit', 'admission_frequency', 'ready_ttl_seconds')
if not config[1] or not redis.call('SET', KEYS[2], 1, 'NX', 'EX', config[2]) then return end
local popped = redis.call('ZPOPMIN', KEYS[3], config[1])
for i = 1, #popped, 2 do redis.call('SET', ARGV[1] .. popped[i], 1, 'EX', config[3]) end
"""
)
# KEYS: the lock, the stock. ARGV: whose the lock is, for how long. The stock, or -1 where somebody else has the lock.
LOCK = store.register_script(
    """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return tonumber(redis.call('GET', KEYS[2]) or 0)
"""
)
# KEYS: the lock, the stock, who has a ticket. ARGV: whose the lock is, whether to sell. Sells only while the lock is the caller's.
SELL_AND_RELEASE = store.register_script(
    """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '1' then
  redis.call('DECR', KEYS[2])
  redis.call('SADD', KEYS[3], ARGV[1])
end
redis.call('DEL', KEYS[1])
return 1
"""
)


async def admit():
    """Lets in those whose turn it is, business by business; each has its own interval."""
    while True:
        for name in await store.smembers("businesses"):
            name = name.decode()
            await ADMIT([f"business:{name}", f"turn:{name}", f"queue:{name}"], [f"ready:{name}:"])
        await asyncio.sleep(0.5)


@asynccontextmanager
async def lifespan(_):
    task = asyncio.create_task(admit())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

BusinessId = Annotated[str, Header(convert_underscores=False)]
UserId = Annotated[str, Header(convert_underscores=False)]
Token = Annotated[str, Header()]


class Enqueued(BaseModel):
    jwt: str
    position: int
    message: str


class Status(BaseModel):
    warning_msg: str | None
    jwt_token: str
    position: int | None
    ready: bool


class Verified(BaseModel):
    message: str
    ready: bool


class Reserved(BaseModel):
    message: str
    user_id: str


def name_of(business_id):
    return hashlib.sha256(business_id.encode()).hexdigest()


def issue(business, user, expiry):
    now = int(time.time())
    return pyjwt.encode({"user_id": user, "business": business, "iat": now, "exp": now + expiry}, SECRET, "HS256")


def read(token, business):
    """The user of a genuine JWT of this business, and whether its time is up."""
    try:
        claims = pyjwt.decode(token, SECRET, ["HS256"], options=JWT_OPTIONS)
    except pyjwt.InvalidTokenError:
        raise HTTPException(401, "Invalid token") from None
    if claims["business"] != business:
        raise HTTPException(401, "Invalid token")
    return claims["user_id"], claims["exp"] <= time.time()


def check(answer):
    if answer[0] == UNKNOWN:
        raise HTTPException(401, "Invalid business_id")
    if answer[0] == TOO_MANY:
        raise HTTPException(429, "Too many requests", {"Retry-After": str(answer[1])})


@app.post("/queue/enqueue", response_model=Enqueued)
async def enqueue(request: Request, business_id: BusinessId, user_id: UserId):
    name = name_of(business_id)
    answer = await ENQUEUE(
        [f"business:{name}", f"calls:{name}:enqueue:{request.client.host}", f"queue:{name}", f"count:{name}", f"ready:{name}:{user_id}"],
        ["ip_enqueue_limit", "ip_enqueue_limit_interval", user_id],
    )  # fmt: skip
    check(answer)
    made, rank, expiry = answer
    if made == ALREADY:
        return Enqueued(jwt="", position=rank + 1, message="User enqueued successfully.")
    return Enqueued(jwt=issue(name, user_id, expiry), position=rank + 1, message="User enqueued successfully.")


@app.get("/queue/status", response_model=Status)
async def status(request: Request, business_id: BusinessId, jwt: Token):
    name = name_of(business_id)
    user, is_expired = read(jwt, name)
    answer = await STATUS(
        [f"business:{name}", f"calls:{name}:status:{request.client.host}", f"queue:{name}", f"ready:{name}:{user}"],
        ["ip_status_polling_limit", "ip_status_polling_limit_interval", user],
    )
    check(answer)
    ready, rank, expiry = answer
    is_known = ready or rank >= 0
    return Status(
        warning_msg=None if is_known else "User not found in queue or ready state.",
        jwt_token=issue(name, user, expiry) if is_expired else jwt,
        position=rank + 1 if rank >= 0 else None,
        ready=bool(ready),
    )


@app.get("/queue/verify", response_model=Verified)
async def verify(business_id: BusinessId, jwt: Token):
    name = name_of(business_id)
    user, is_expired = read(jwt, name)
    async with store.pipeline(transaction=False) as pipe:
        known, ready = await pipe.exists(f"business:{name}").exists(f"ready:{name}:{user}").execute()
    if not known:
        raise HTTPException(401, "Invalid business_id")
    if is_expired and not ready:
        raise HTTPException(401, "Token has expired")
    return Verified(message="User is ready" if ready else "User is not ready", ready=bool(ready))


@app.post("/reserve", response_model=Reserved)
async def reserve():
    mine = str(uuid.uuid4())
    stock = await LOCK(["lock:reserve", "stock"], [mine, 5000])
    if stock < 0:
        raise HTTPException(429, "예약 중입니다. 잠시 후 다시 시도해주세요.", {"Retry-After": "1"})
    sold = await SELL_AND_RELEASE(["lock:reserve", "stock", "reserved"], [mine, int(stock > 0)])
    if stock == 0:
        raise HTTPException(400, "티켓 매진")
    if not sold:
        raise HTTPException(429, "예약 중입니다. 잠시 후 다시 시도해주세요.", {"Retry-After": "1"})
    return Reserved(message="예약 성공!", user_id=mine)
