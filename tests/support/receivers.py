#!/usr/bin/python3
"""A name server that knows one name, hook.test, at this machine's own addresses, and on both of them the
example's receiver of web hooks. Run by container.py, in the container's network.

usage: receivers.py RECEIVER.PY SECRET
"""
import base64
import http.server
import importlib.util
import socket
import socketserver
import sys
import threading

PORT = 8099
NAME = b"\x04hook\x04test\x00"
ADDRESSES = {1: socket.inet_pton(socket.AF_INET, "127.0.0.1"), 28: socket.inet_pton(socket.AF_INET6, "::1")}


class Resolver(socketserver.BaseRequestHandler):
    """RFC 1035: the question again, and its answer, if it is for that name's address."""

    def handle(self):
        packet, sock = self.request
        end = packet.index(b"\0", 12) + 5
        question = packet[12:end]
        address = ADDRESSES.get(int.from_bytes(question[-4:-2], "big"))
        known = question[:-4].lower() == NAME
        answer = b""
        if known and address:
            answer = b"\xc0\x0c" + question[-4:] + (60).to_bytes(4, "big") + len(address).to_bytes(2, "big") + address
        flags = b"\x81\x80" if known else b"\x81\x83"
        count = b"\x00\x01" if answer else b"\x00\x00"
        sock.sendto(packet[:2] + flags + b"\x00\x01" + count + b"\x00" * 4 + question + answer, self.client_address)


class Server6(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


spec = importlib.util.spec_from_file_location("receiver", sys.argv[1])
receiver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(receiver)
servers = [http.server.ThreadingHTTPServer(("127.0.0.1", PORT), receiver.Receiver),
           Server6(("::1", PORT), receiver.Receiver)]
for server in servers:
    server.key = base64.b64decode(sys.argv[2].removeprefix("whsec_"))
for server in [*servers, socketserver.ThreadingUDPServer(("127.0.0.1", 53), Resolver)]:
    threading.Thread(target=server.serve_forever).start()
print("ready", flush=True)
