"""Web servers for a test: a recorder in Python, which keeps what it is sent and answers as it is told, and
nginx in front of it, which speaks TLS with certificates made for the occasion. Everything on loopback."""
import http.server
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from harness import need, until


def free_port(address="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as s:
        s.bind((address, 0))
        return s.getsockname()[1]


class Pki:
    """A CA, and what it signed: each name is NAME.pem and NAME.key in `dir`."""

    NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1"

    def __init__(self, directory):
        need("openssl")
        self.dir = directory
        self.make_ca("ca")
        self.make_ca("stranger")
        self.make("good", self.NAMES)
        self.make("wrong", "DNS:elsewhere.example")
        self.make("expired", self.NAMES, days=-1)
        self.make("client", "DNS:client.example")
        self.make("outsider", "DNS:client.example", ca="stranger")

    def file(self, name):
        return os.path.join(self.dir, name)

    def openssl(self, *args):
        done = subprocess.run(["openssl", *args], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, timeout=60)
        assert done.returncode == 0, done.stdout.decode()

    def request(self, command, name, *more):
        self.openssl("req", *command, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     f"/CN={name}", "-keyout", f"{name}.key", *more)

    def make_ca(self, name):
        self.request(["-x509"], name, "-out", f"{name}.pem", "-days", "2")

    def make(self, name, names, days=2, ca="ca"):
        self.request([], name, "-out", f"{name}.csr")
        with open(self.file(f"{name}.ext"), "w", encoding="ascii") as f:
            f.write(f"subjectAltName={names}\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key",
                     "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class Request:
    def __init__(self, handler, body):
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.peer = handler.client_address
        self.body = body
        self.at = time.time()

    def json(self):
        return json.loads(self.body)


class Recorder:
    """An HTTP server that keeps every request. `answers` maps a path to what is called with the handler in
    place of a plain 204."""

    def __init__(self, address="127.0.0.1"):
        self.requests = []
        self.answers = {}
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802 (http.server wants the name)
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it died over it
                    self.close_connection = True
                    return
                self.told = Request(self, body)
                recorder.requests.append(self.told)
                recorder.answers.get(self.path, Recorder.no_content)(self)

            def log_message(self, *unused):
                pass

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
            daemon_threads = True

            def handle_error(self, *unused):  # a client that went away
                pass

        self.server = Server((address, 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://{f'[{address}]' if ':' in address else address}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @staticmethod
    def no_content(handler):
        handler.send_response(204)
        handler.end_headers()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    def on(self, path):
        return [request for request in list(self.requests) if request.path == path]

    def wait(self, n, path=None, what="requests"):
        """The first n requests (on a path), once they are there."""
        got = until(lambda: (lambda r: r if len(r) >= n else None)(self.on(path) if path else list(self.requests)),
                    f"{n} {what} at the recorder")
        return got[:n]


CONF = """
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log info;
{user}
worker_processes {workers};
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    keepalive_requests {keepalive_requests};
    {http}
    {servers}
}}
"""


class Nginx:
    """nginx as a plain child. `servers` are server blocks as text, in which {dir} stands for its directory."""

    def __init__(self, *servers, http="", workers=1, keepalive_requests=100000):
        need("nginx")
        self.dir = tempfile.mkdtemp(prefix="tocsin-nginx-")
        os.chmod(self.dir, 0o755)
        conf = os.path.join(self.dir, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(CONF.format(dir=self.dir, http=http.replace("{dir}", self.dir), workers=workers, keepalive_requests=keepalive_requests,
                                user="user root;" if os.geteuid() == 0 else "",
                                servers="\n".join(s.replace("{dir}", self.dir) for s in servers)))
        self.process = subprocess.Popen(["nginx", "-p", self.dir, "-c", conf, "-e", os.path.join(self.dir, "error.log")],
                                        stdin=subprocess.DEVNULL)
        until(self.is_up, "nginx is up")

    def is_up(self):
        assert self.process.poll() is None, self.errors()
        return os.path.exists(os.path.join(self.dir, "nginx.pid"))

    def errors(self):
        with open(os.path.join(self.dir, "error.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


def tls_server(port, pki, certificate, *locations, address="127.0.0.1", more=""):
    """A server block with TLS."""
    listen = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return "\n".join([
        "server {", f"listen {listen} ssl;",
        f"ssl_certificate {pki.file(certificate + '.pem')};",
        f"ssl_certificate_key {pki.file(certificate + '.key')};", more, *locations, "}"])
