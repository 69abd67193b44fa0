"""A TCP proxy that delays, resets and swallows."""

import asyncio
import random
import socket
import struct
import threading
from collections import deque


class Proxy:
    """Forwards a port to another from a thread of its own.

    Every chunk waits for `delay` seconds in each direction; each is, with probability `resets`, the end of its
    connection, by RST to both sides and with everything lost that was on its way. While `is_open` is cleared, nothing
    passes and nobody is told, as if the cable were cut.
    """

    CHUNK = 65_536
    # Bytes on the way in one direction of one connection, as in the buffers of a long line.
    WINDOW = 4 << 20

    def __init__(self, target, delay, resets, seed=1):
        self.target = target
        self.delay = delay
        self.resets = resets
        self.random = random.Random(seed)
        self.chunks = 0
        self.connections = 0
        self.broken = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def open(self):
        self._loop.call_soon_threadsafe(self._is_open.set)

    def close(self):
        self._loop.call_soon_threadsafe(self._is_open.clear)

    def end(self):
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join(10)

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._is_over = asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._is_over.wait()

    async def _connect(self, reader, writer):
        await self._is_open.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        ends = [writer, far_writer]
        # The first direction that ends, ends both.
        tasks = [
            asyncio.ensure_future(self._forward(reader, far_writer, ends)),
            asyncio.ensure_future(self._forward(far_reader, writer, ends)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # The proxy ends, and with it all that goes through it.
            pass
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            end.close()

    async def _forward(self, reader, writer, ends):
        line = deque()
        room = asyncio.Event()
        arrived = asyncio.Event()
        room.set()
        delivery = asyncio.ensure_future(self._deliver(line, writer, room, arrived))
        try:
            while chunk := await reader.read(self.CHUNK):
                self.chunks += 1
                if self.random.random() < self.resets:
                    self.broken += 1
                    for end in ends:
                        self._reset(end)
                    return
                line.append((self._loop.time() + self.delay, chunk))
                arrived.set()
                if sum(len(chunk) for _, chunk in line) > self.WINDOW:
                    room.clear()
                await room.wait()
            line.append((self._loop.time() + self.delay, b""))
            arrived.set()
            await delivery
        except OSError:
            return
        finally:
            delivery.cancel()

    async def _deliver(self, line, writer, room, arrived):
        while True:
            while not line:
                arrived.clear()
                await arrived.wait()
            due, chunk = line[0]
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            await self._is_open.wait()
            line.popleft()
            room.set()
            if not chunk:
                return
            writer.write(chunk)
            await writer.drain()

    @staticmethod
    def _reset(writer):
        connection = writer.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
