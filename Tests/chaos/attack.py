"""Peers who have no key, or none of sense: `python3 attack.py PORT SILENT BUILD SWEEP`, until it is told to end.

Says when all are there, and at the end how often it did what. Who comes without encryption says what a worker of this build and sweep says first: if it
were let in, it would join.
"""

import asyncio
import json
import os
import signal
import sys

# Between two peers of a kind.
PERIOD = 0.02
GARBAGE_BYTES = 4_096

# RFC 23, ZMTP 3.0: signature, version, mechanism, not a server, filler.
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x05READY" + b"\x0bSocket-Type" + (6).to_bytes(4, "big") + b"DEALER"
PROTOCOL_VERSION = 2

counts = {"silent": 0, "garbage": 0, "NULL": 0}


def packed(value):
    """MessagePack of what a `hello` is made of."""
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return b"\xcf" + value.to_bytes(8, "big")
    if isinstance(value, bytes):
        return b"\xc4" + bytes([len(value)]) + value
    if isinstance(value, str):
        return b"\xd9" + bytes([len(value.encode())]) + value.encode()
    if isinstance(value, list):
        return bytes([0x90 | len(value)]) + b"".join(map(packed, value))
    return bytes([0x80 | len(value)]) + b"".join(packed(key) + packed(item) for key, item in value.items())


def hello(build, sweep):
    """The first message of a worker."""
    return packed([PROTOCOL_VERSION, "hello", {
        "worker": os.urandom(16), "session": 1, "name": "intruder:1", "host": "intruder", "pid": 1, "build": build,
        "sweep": sweep, "capacity": 8, "held": [], "running": None, "finished": [], "remaining": None}])


async def silent(port):
    """Connects, says nothing, and connects again when it is thrown out."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            counts["silent"] += 1
            while await reader.read(4_096):
                pass
            writer.close()
        except OSError:
            await asyncio.sleep(0.1)


async def burst(port, kind, parts):
    """Connects again and again and says something that is no handshake, or the wrong one: part after part, each when
    there was time for an answer to the one before."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            counts[kind] += 1
            for part in parts():
                writer.write(part)
                try:
                    await asyncio.wait_for(reader.read(4_096), PERIOD)
                except TimeoutError:
                    pass
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(PERIOD)


async def main(port, silent_count, build, sweep):
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    message = hello(build, sweep)
    ready = b"\x04" + bytes([len(READY)]) + READY
    intrusion = [GREETING[:10], GREETING[10:], ready, b"\x02" + len(message).to_bytes(8, "big") + message]
    tasks = [asyncio.ensure_future(silent(port)) for _ in range(silent_count)]
    tasks.append(asyncio.ensure_future(burst(port, "garbage", lambda: [os.urandom(GARBAGE_BYTES)])))
    tasks.append(asyncio.ensure_future(burst(port, "NULL", lambda: intrusion)))
    while not over.is_set() and (counts["silent"] < silent_count or not counts["garbage"] or not counts["NULL"]):
        await asyncio.sleep(0.05)
    print("all are there", flush=True)
    await over.wait()
    print(json.dumps(counts), flush=True)
    # Not by way of cancelled tasks: `asyncio.wait_for` can lose a cancellation, and that burst would go on for ever.
    os._exit(0)


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))
