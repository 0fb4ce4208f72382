"""A server that ends gracefully: at SIGTERM it takes no new requests and finishes those
that it has."""

import http.server
import signal
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served\n")


class Server(http.server.ThreadingHTTPServer):
    # So that server_close waits for the threads.
    daemon_threads = False


server = Server(("0.0.0.0", int(sys.argv[1])), Handler)
# Not in the handler itself: shutdown waits for the loop that it interrupts.
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
server.server_close()
print("stopped", flush=True)
