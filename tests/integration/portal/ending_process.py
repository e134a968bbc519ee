"""The portal's server around a page that takes as long as a test wants: run by test_ending in a process of its own.

Its words are a port, the seconds that it lingers, and a folder. The page notes there that it has begun and that the
process was told to end, and comes to its end when it finds there that it may.
"""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

from services.portal import server


def main(port: str, linger: str, folder: str) -> None:
    """Serve until told to end."""
    settings = SimpleNamespace(
        deployment="kz", linger=int(linger), portal=SimpleNamespace(address=("127.0.0.1", int(port)))
    )
    house = SimpleNamespace(settings=settings, draining=False)

    def answer(environ, start_response):
        if environ["PATH_INFO"] == "/slow":
            (Path(folder) / "begun").touch()
            while not (Path(folder) / "go").exists():
                if house.draining:
                    (Path(folder) / "told").touch()
                time.sleep(0.05)
        ready = "503 Not ready" if environ["PATH_INFO"] == "/readyz" and house.draining else "200 OK"
        start_response(ready, [("Content-Length", "0")])
        return [b""]

    server.run(answer, house, {})


if __name__ == "__main__":
    main(*sys.argv[1:])
