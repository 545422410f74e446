"""Proxies for a test, on loopback: HTTP (CONNECT and forwarding), plain or behind TLS, and SOCKS5. They note
what they are asked for."""
import contextlib
import http.client
import http.server
import select
import socket
import socketserver
import ssl
import struct
import threading
import urllib.parse

from harness import Skip


def relay(a, b):
    """Both ways, until one side has closed."""
    with contextlib.suppress(OSError):
        while True:
            ready, _, _ = select.select([a, b], [], [], 60)
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (b if source is a else a).sendall(data)
            if not ready:
                return


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *unused):  # a client that went away
        pass


class Running:
    """A server on its thread, for `with`."""

    scheme = "http"

    def __init__(self, handler):
        self.server = Server(("127.0.0.1", 0), handler)
        self.asked = []
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.shutdown()
        self.server.server_close()


class HttpProxy(Running):
    """`authorization`: what Proxy-Authorization has to be; `certificate`: (PEM, key) to speak TLS with."""

    def __init__(self, authorization=None, certificate=None):
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def is_welcome(self):
                proxy.asked.append((self.command, self.path, {n.lower(): v for n, v in self.headers.items()}))
                if authorization in (None, self.headers.get("Proxy-Authorization")):
                    return True
                self.send_response(407)
                self.send_header("Proxy-Authenticate", "Basic realm=proxy")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return False

            def do_CONNECT(self):  # noqa: N802 (http.server wants the name)
                if not self.is_welcome():
                    return
                host, port = self.path.rsplit(":", 1)
                with socket.create_connection((host.strip("[]"), int(port))) as to:
                    self.send_response(200)
                    self.end_headers()
                    relay(self.connection, to)

            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not self.is_welcome():
                    return
                url = urllib.parse.urlsplit(self.path)
                to = http.client.HTTPConnection(url.netloc, timeout=60)
                to.request("POST", url.path, body, {n: v for n, v in self.headers.items() if "Proxy" not in n})
                self.send_response(to.getresponse().status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):
                pass

        super().__init__(Handler)
        if certificate:
            self.scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)


class SocksProxy(Running):
    """SOCKS5 without a login; names are resolved here."""

    scheme = "socks5h"

    def __init__(self):
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def take(self, n):
                data = b""
                while len(data) < n:
                    data += self.request.recv(n - len(data))
                return data

            def handle(self):
                _, n = self.take(2)
                self.take(n)
                self.request.sendall(b"\5\0")
                _, _, _, kind = self.take(4)
                host = self.take(self.take(1)[0]).decode() if kind == 3 else socket.inet_ntoa(self.take(4))
                (port,) = struct.unpack(">H", self.take(2))
                proxy.asked.append((host, port))
                with socket.create_connection((host, port)) as to:
                    self.request.sendall(b"\5\0\0\1\0\0\0\0\0\0")
                    relay(self.request, to)

        super().__init__(Handler)


class NameServer:
    """Answers A for the names that it knows with 127.0.0.1, nothing to other questions; a silent one answers
    nothing at all. On port 53 of an address of its own, which wants root."""

    def __init__(self, address, names=(), silent=False):
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind((address, 53))
        except OSError as error:
            self.socket.close()
            raise Skip(f"a name server cannot be had on {address}: {error}") from None
        self.names, self.silent = names, silent
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            if query == b"end":
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += query[at] + 1
            name = ".".join(labels)
            (kind,) = struct.unpack(">H", query[at + 1:at + 3])
            self.asked.append(name)
            if self.silent:
                continue
            known = name in self.names
            answers = 1 if known and kind == 1 else 0
            head = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, answers, 0, 0)
            record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
            self.socket.sendto(head + query[12:at + 5] + record * answers, peer)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"end", self.socket.getsockname())
        self.thread.join(60)
        self.socket.close()
