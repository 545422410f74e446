#!/usr/bin/python3
"""A receiver of tocsin's web hooks that checks their signature and prints each alert; tocsin-webhook(7) tells
what comes. Nothing but Python's own library is needed.

usage: receiver.py PORT FILE-WITH-THE-SECRET   (on loopback; the secret as tocsin has it: whsec_...)
"""
import base64
import hashlib
import hmac
import http.server
import json
import sys
import time

TOLERANCE = 300  # seconds between the sender's clock and this one
seen = set()  # ids; a real receiver keeps them for some days


def is_signed(headers, body, key):
    moment, name = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > TOLERANCE:
        return False
    mac = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(mac).decode()
    # Two, with a space between, while a secret is being replaced.
    return any(hmac.compare_digest(expected, one) for one in headers.get("webhook-signature", "").split())


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # so that the connection is kept

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_signed(self.headers, body, self.server.key):
            self.answer(401)
            return
        # tocsin may send the same again when it did not hear the answer.
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            for alert in json.loads(body)["alerts"]:
                print(alert["status"], alert["labels"]["severity"], alert["annotations"]["summary"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *unused):
        pass


def main():
    port, file = sys.argv[1:]
    with open(file, encoding="ascii") as f:
        secret = f.read().strip()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Receiver)
    server.key = base64.b64decode(secret[len("whsec_"):]) if secret.startswith("whsec_") else secret.encode()
    server.serve_forever()


if __name__ == "__main__":
    main()
