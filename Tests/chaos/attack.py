"""Peers who have no key, or none of sense: `python3 attack.py PORT SILENT`, until it is told to end.

Prints how often it did what.
"""

import asyncio
import os
import signal
import sys

# Between two peers of a kind.
PERIOD = 0.02
GARBAGE_BYTES = 4_096

# RFC 23, ZMTP 3.0: signature, version, mechanism, not a server, filler.
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x05READY" + b"\x0bSocket-Type" + (6).to_bytes(4, "big") + b"DEALER"
# The array [1, "goodbye", {"reason": ""}] in MessagePack.
GOODBYE = b"\x93\x01\xa7goodbye\x81\xa6reason\xa0"

counts = {"silent": 0, "garbage": 0, "NULL": 0}


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


async def burst(port, kind, message):
    """Connects again and again and says something that is no handshake, or the wrong one."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(message())
            counts[kind] += 1
            try:
                await asyncio.wait_for(reader.read(4_096), PERIOD)
            except TimeoutError:
                pass
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(PERIOD)


async def main(port, silent_count):
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    frames = b"\x04" + bytes([len(READY)]) + READY + b"\x00" + bytes([len(GOODBYE)]) + GOODBYE
    tasks = [asyncio.ensure_future(silent(port)) for _ in range(silent_count)]
    tasks.append(asyncio.ensure_future(burst(port, "garbage", lambda: os.urandom(GARBAGE_BYTES))))
    tasks.append(asyncio.ensure_future(burst(port, "NULL", lambda: GREETING + frames)))
    await over.wait()
    for task in tasks:
        task.cancel()
    print(*(f"{count} {kind}" for kind, count in counts.items()), sep=", ")


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
