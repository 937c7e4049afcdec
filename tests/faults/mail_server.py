"""A mail server of the tests' own: it keeps what it accepts, and can be slow, silent or away."""

import re
import socket
import threading
from collections import Counter

MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]+)>", re.MULTILINE | re.IGNORECASE)


class MailServer:
    """Speaks as much SMTP as smtplib asks for, each visit in a thread of its own.

    `accepted` lists the Message-IDs in the order in which whole messages came in. The answer to a whole
    message is held while its id is in `holds`, and each answer takes `slow` seconds.
    """

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.holds: set[str] = set()
        self.slow = 0.0
        self.silent = False
        self._closed = threading.Event()
        self.came = threading.Condition()
        self._door: socket.socket | None = None
        self._visits: set[socket.socket] = set()
        reserved = socket.create_server(("127.0.0.1", 0))
        self.port = reserved.getsockname()[1]
        reserved.close()

    def open(self) -> "MailServer":
        """Begin to listen."""
        self._closed.clear()
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()
        return self

    def close(self) -> None:
        """Go away: nobody listens, and whoever is connected is cut off."""
        self._closed.set()
        if self._door is not None:
            # A thread that waits in accept() is only woken by shutdown.
            self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._door = None
        for visit in list(self._visits):
            visit.close()

    def wait_for(self, message_id: str, *, seconds: float = 30) -> None:
        """Until this message has come in."""
        with self.came:
            arrived = self.came.wait_for(lambda: message_id in self.accepted, timeout=seconds)
        assert arrived, f"not among {len(self.accepted)} messages after {seconds} s"

    @property
    def counted(self) -> Counter:
        """How often each message came."""
        return Counter(self.accepted)

    def _serve(self, door: socket.socket) -> None:
        while True:
            try:
                visit, _address = door.accept()
            except OSError:
                return
            self._visits.add(visit)
            threading.Thread(target=self._talk, args=(visit,), daemon=True).start()

    def _talk(self, visit: socket.socket) -> None:
        try:
            if self.silent:
                visit.recv(1)  # nothing is said until the other side gives up
                return
            with visit.makefile("rb") as lines:
                visit.sendall(b"220 tests\r\n")
                for line in lines:
                    word = line[:4].upper()
                    if word == b"QUIT":
                        visit.sendall(b"221 bye\r\n")
                        return
                    if word != b"DATA":
                        visit.sendall(b"250 ok\r\n")
                        continue
                    visit.sendall(b"354 go on\r\n")
                    came = self._take_in(b"".join(iter(lines.readline, b".\r\n")))
                    self._closed.wait(timeout=self.slow)
                    while came in self.holds and not self._closed.wait(timeout=0.05):
                        pass
                    visit.sendall(b"250 kept\r\n")
        except OSError:
            return  # the other side was killed, or this one was closed
        finally:
            self._visits.discard(visit)
            visit.close()

    def _take_in(self, message: bytes) -> str:
        message_id = MESSAGE_ID.search(message)[1].decode()
        with self.came:
            self.accepted.append(message_id)
            self.came.notify_all()
        return message_id
