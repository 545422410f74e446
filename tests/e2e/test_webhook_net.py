#!/usr/bin/python3
"""The notifier `webhook` on its way to the receiver: certificates of both sides, proxies, IPv6, names; all
from within the sandbox of its host."""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from harness import Skip, lifts_layers, need, run, until  # noqa: E402
from hook import TEXT, HookDaemon, hook  # noqa: E402
from proxy import HttpProxy, NameServer, SocksProxy  # noqa: E402
from webserver import Nginx, Pki, Recorder, free_port, tls_server  # noqa: E402

LAYERS = "no_new_privs,landlock,seccomp,rlimits"


@contextlib.contextmanager
def workplace():
    """A directory with a Pki in it, and a recorder."""
    directory = tempfile.mkdtemp(prefix="tocsin-net-")
    os.chmod(directory, 0o755)
    try:
        with Recorder() as recorder:
            yield Pki(directory), recorder
    finally:
        shutil.rmtree(directory)


def pass_on(recorder, more=""):
    return f"location / {{ {more} proxy_pass {recorder.url}; }}"


def check(d, expected):
    """The state of each notifier's only delivery after one attempt, and what its reason says."""
    d.drop("a.txt", TEXT)
    for name, (state, reason) in expected.items():
        row = d.tried(name)
        assert row["state"] == state and re.search(reason, row["reason"]), (name, row)


def layers_are_up(d):
    hosts = [h for h in d.ask("status")["hosts"] if h["role"] == "notifier"]
    assert hosts and (lifts_layers() or all(h["layers"] == LAYERS for h in hosts)), hosts


# ---- certificates ----

def what_is_not_to_be_trusted_is_not_told():
    ports = {name: free_port() for name in ("good", "wrong", "expired", "stranger")}
    plain = free_port()
    with workplace() as (keys, recorder):
        servers = [tls_server(port, keys, name, pass_on(recorder)) for name, port in ports.items()]
        with Nginx(*servers, f"server {{ listen 127.0.0.1:{plain}; {pass_on(recorder)} }}"):
            own = {"ca_file": keys.file("ca.pem"), "retry": "1m"}

            def at(name):
                return f"https://localhost:{ports[name]}/{name}"
            hooks = {
                "good": hook(at("good"), **own),
                "wrong": hook(at("wrong"), **own),
                "expired": hook(at("expired"), **own),
                "self": hook(at("stranger"), **own),
                "unknown": hook(at("good"), retry="1m"),  # by the system's CAs
                "other-ca": hook(at("good"), retry="1m", ca_file=keys.file("stranger.pem")),
                "no-tls": hook(f"https://localhost:{plain}/", **own),
                "only-tls": hook(f"http://localhost:{ports['good']}/", **own),
            }
            expected = {
                "good": ("sent", "^$"),
                "wrong": ("deferred", r"no alternative certificate subject name matches target host name 'localhost' "
                                      r"\(its certificate is for another name than url has\)"),
                "expired": ("deferred", r"certificate has expired \(its owner has to renew it"),
                "self": ("deferred", r"self-signed certificate \(if it is your own, name it in ca-file\)"),
                "unknown": ("deferred", r"unable to get local issuer certificate \(if it is your own, name its CA in "
                                        r"ca-file\)"),
                "other-ca": ("deferred", r"unable to get local issuer certificate"),
                "no-tls": ("deferred", r"wrong version number \(does that port speak TLS"),
                "only-tls": ("dead", r"^HTTP 400 .*plain HTTP request was sent to HTTPS port"),
            }
            with HookDaemon(hooks, troubles=[]) as d:
                d.start()
                check(d, expected)
                layers_are_up(d)
            assert [r.path for r in recorder.requests] == ["/good"], [r.path for r in recorder.requests]


def a_client_shows_its_certificate():
    port = free_port()
    with workplace() as (keys, recorder):
        keys.openssl("ec", "-in", "client.key", "-aes256", "-passout", "pass:0pen", "-out", "locked.key")
        with open(keys.file("both.pem"), "w", encoding="ascii") as both:
            for name in ("client.pem", "client.key"):
                with open(keys.file(name), encoding="ascii") as f:
                    both.write(f.read())
        for name in ("client.key", "locked.key", "outsider.key"):
            os.chmod(keys.file(name), 0o600)
        more = f"ssl_verify_client on; ssl_client_certificate {keys.file('ca.pem')};"
        server = tls_server(port, keys, "good", pass_on(recorder, "proxy_set_header X-Client $ssl_client_s_dn;"),
                            more=more)
        with Nginx(server):
            d = HookDaemon({}, troubles=[])
            with d:
                def client(**options):
                    options = {name: keys.file(file) for name, file in options.items()}
                    return hook(f"https://localhost:{port}/hook", retry="1m", ca_file=keys.file("ca.pem"), **options)
                d.config["notifiers"] = {
                    "shown": client(certificate="client.pem", key="client.key"),
                    "both": client(certificate="both.pem"),
                    "locked": client(certificate="client.pem", key="locked.key"),
                    "closed": client(certificate="client.pem", key="locked.key"),
                    "unfit": client(certificate="client.pem", key="outsider.key"),
                    "outsider": client(certificate="outsider.pem", key="outsider.key"),
                    "nobody": client(),
                }
                d.config["routes"][0]["notify"] = list(d.config["notifiers"])
                d.config["notifiers"]["locked"]["options"]["key-passphrase"] = d.secret("open", "0pen")
                d.config["notifiers"]["closed"]["options"]["key-passphrase"] = d.secret("shut", "shut")
                d.write_config()
                d.start()
                mend = r"\(look at certificate, key and key-passphrase\)"
                check(d, {
                    "shown": ("sent", "^$"), "both": ("sent", "^$"), "locked": ("sent", "^$"),
                    "closed": ("deferred", mend), "unfit": ("deferred", mend),
                    "outsider": ("dead", "^HTTP 400 .*SSL certificate error"),
                    "nobody": ("dead", "^HTTP 400 .*No required SSL certificate was sent"),
                })
                assert "0pen" not in d.log() and "shut" not in d.log(), d.log()
        assert [r.headers["x-client"] for r in recorder.requests] == ["CN=client"] * 3, recorder.requests


def loopback_is_also_version_6():
    try:
        port = free_port("::1")
    except OSError as error:
        raise Skip(f"there is no ::1 here: {error}") from None
    with workplace() as (keys, _), Recorder("::1") as recorder:
        server = tls_server(port, keys, "good", pass_on(recorder), address="::1")
        with Nginx(server):
            hooks = {"tls": hook(f"https://[::1]:{port}/tls", ca_file=keys.file("ca.pem")),
                     "plain": hook(recorder.url + "/plain")}
            with HookDaemon(hooks, troubles=[]) as d:
                d.start()
                check(d, {"tls": ("sent", "^$"), "plain": ("sent", "^$")})
                assert recorder.on("/plain")[0].peer[0] == "::1"


# ---- proxies ----

LOGIN = "Basic bWU6cDRzcw=="  # me:p4ss


def a_proxy_carries_it_and_sees_no_more_than_it_must():
    port, wrong = free_port(), free_port()
    with workplace() as (keys, recorder), HttpProxy(LOGIN) as proxy, SocksProxy() as socks, \
            HttpProxy(certificate=(keys.file("good.pem"), keys.file("good.key"))) as tls_proxy:
        with Nginx(tls_server(port, keys, "good", pass_on(recorder)),
                   tls_server(wrong, keys, "wrong", pass_on(recorder))):
            d = HookDaemon({}, troubles=[])
            with d:
                login = {"proxy_login": d.secret("login", "me:p4ss"), "token": d.secret("token", "t0ken")}
                own = {"retry": "1m", "ca_file": keys.file("ca.pem")}
                tls = f"https://localhost:{port}"
                d.config["notifiers"] = {
                    "tls": hook(tls + "/tls", proxy=proxy.url, **login, **own),
                    "plain": hook(recorder.url + "/plain", proxy=proxy.url, **login, **own),
                    "socks": hook(tls + "/socks", proxy=socks.url, **own),
                    "over-tls": hook(tls + "/over-tls", proxy=tls_proxy.url.replace("127.0.0.1", "localhost"), **own),
                    "stranger-tls": hook(tls + "/no", proxy=proxy.url, **own),
                    "stranger-plain": hook(recorder.url + "/no", proxy=proxy.url, **own),
                    "no-proxy": hook(tls + "/no", proxy=f"http://127.0.0.1:{free_port()}", **own),
                    "wrong": hook(f"https://localhost:{wrong}/no", proxy=proxy.url, **login, **own),
                    "untrusted": hook(tls + "/no", proxy=tls_proxy.url.replace("127.0.0.1", "localhost"), retry="1m"),
                }
                d.config["routes"][0]["notify"] = list(d.config["notifiers"])
                d.write_config()
                d.start()
                check(d, {
                    "tls": ("sent", "^$"), "plain": ("sent", "^$"), "socks": ("sent", "^$"), "over-tls": ("sent", "^$"),
                    "stranger-tls": ("deferred", "407"),
                    "stranger-plain": ("deferred", r"^HTTP 407 .*\(the proxy wants proxy-login\)"),
                    "no-proxy": ("deferred", "Couldn't connect"),
                    "wrong": ("deferred", "no alternative certificate subject name matches"),
                    "untrusted": ("deferred", "unable to get local issuer certificate"),
                })
                layers_are_up(d)
        assert sorted(r.path for r in recorder.requests) == ["/over-tls", "/plain", "/socks", "/tls"]
        assert recorder.on("/tls")[0].headers["authorization"] == "Bearer t0ken"
        welcome = [(command, path, headers) for command, path, headers in proxy.asked
                   if headers.get("proxy-authorization") == LOGIN]
        connects = [headers for command, _, headers in welcome if command == "CONNECT"]
        assert len(connects) == 2 and not {"authorization", "idempotency-key"} & set(connects[0]), proxy.asked
        assert [path for command, path, _ in welcome if command == "POST"] == [recorder.url + "/plain"], proxy.asked
        assert socks.asked == [("localhost", port)], socks.asked


def proxies_of_the_environment_are_not_asked():
    dead = f"http://127.0.0.1:{free_port()}"
    env = {name: dead for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}
    with Recorder() as recorder:
        with HookDaemon({"hook": hook(recorder.url + "/hook")}, env=env) as d:
            d.start()
            check(d, {"hook": ("sent", "^$")})


# ---- what the system says ----

@contextlib.contextmanager
def other_etc(directory):
    """A copy of /etc, and the command before a daemon's that lets it alone see that in its place."""
    if os.geteuid() != 0:
        raise Skip("only root can give a daemon another /etc")
    need("unshare", "mount")
    etc = os.path.join(directory, "etc")
    subprocess.run(["cp", "-a", "/etc", etc], check=True)
    wrap = ["unshare", "-m", "bash", "-c", 'mount --bind "$1" /etc && shift && exec "$@"', "bash", etc]
    if subprocess.run([*wrap, "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        raise Skip("mounts cannot be made here")
    yield etc, wrap


def replace(path, text):
    """As network managers do: another file in its place."""
    with open(path + ".new", "w", encoding="ascii") as f:
        f.write(text)
    os.rename(path + ".new", path)


def the_cas_of_the_system_are_trusted():
    port = free_port()
    with workplace() as (keys, recorder), other_etc(keys.dir) as (etc, wrap), \
            Nginx(tls_server(port, keys, "good", pass_on(recorder))):
        os.makedirs(os.path.join(etc, "ssl/certs"), exist_ok=True)
        with open(keys.file("ca.pem"), encoding="ascii") as f:
            replace(os.path.join(etc, "ssl/certs/ca-certificates.crt"), f.read())
        # By the names that OpenSSL looks for, too.
        shutil.copy(keys.file("ca.pem"), os.path.join(etc, "ssl/certs/tocsin-test.pem"))
        keys.openssl("rehash", os.path.join(etc, "ssl/certs"))
        hooks = {"hook": hook(f"https://localhost:{port}/hook"),
                 "own": hook(f"https://localhost:{port}/own", ca_file=keys.file("stranger.pem"), retry="1m")}
        with HookDaemon(hooks, troubles=[], wrap=wrap) as d:
            d.start()
            # A CA file is in place of the system's, not beside them.
            check(d, {"hook": ("sent", "^$"), "own": ("deferred", "unable to get local issuer certificate")})
            layers_are_up(d)


def names_are_resolved_also_after_the_network_has_changed():
    with workplace() as (keys, recorder), other_etc(keys.dir) as (etc, wrap), \
            NameServer("127.53.1.1", ["hook.test"]) as first, NameServer("127.53.1.2", ["other.test"]) as second:
        replace(os.path.join(etc, "resolv.conf"), "nameserver 127.53.1.1\n")
        port = recorder.port
        with HookDaemon({"hook": hook(f"http://hook.test:{port}/hook"),
                         "other": hook(f"http://other.test:{port}/other", retry="1m")},
                        troubles=[], wrap=wrap) as d:
            d.start()
            check(d, {"hook": ("sent", "^$"), "other": ("deferred", "Could not resolve host: other.test")})
            assert first.asked and not second.asked, (first.asked, second.asked)
            layers_are_up(d)
            pids = {h["name"]: h["pid"] for h in d.ask("status")["hosts"]}
            replace(os.path.join(etc, "resolv.conf"), "nameserver 127.53.1.2\n")
            d.drop("b.txt", TEXT.replace("Tuesday", "Friday"))
            recorder.wait(2, "/other")
            rows = d.sent(2, "other")
            # What was deferred goes first, again; neither was tried in vain: it was handed on untried.
            assert sorted(row["attempts"] for row in rows) == [1, 2], rows
            assert not [line for line in d.log().splitlines() if "notify-other" in line], d.log()
            if not lifts_layers():
                assert {h["name"]: h["pid"] for h in d.ask("status")["hosts"]}["notify-other"] != pids["notify-other"]


def a_silent_name_server_holds_up_no_longer_than_the_time_out():
    with workplace() as (keys, recorder), other_etc(keys.dir) as (etc, wrap), \
            NameServer("127.53.1.1", silent=True) as server:
        replace(os.path.join(etc, "resolv.conf"), "nameserver 127.53.1.1\noptions timeout:20\n")
        hooks = {"hook": hook(f"http://hook.test:{recorder.port}/", retry="1m", connect_timeout="600ms")}
        with HookDaemon(hooks, troubles=[], wrap=wrap) as d:
            d.start()
            began = time.monotonic()
            check(d, {"hook": ("deferred", r"Resolving timed out after 6\d\d milliseconds")})
            assert time.monotonic() - began < 15, "it has waited for the name server"
            d.drop("b.txt", TEXT.replace("Tuesday", "Friday"))
            until(lambda: len([r for r in d.deliveries("hook") if r["attempts"]]) == 2, "the next is tried, too")
            assert "hook.test" in server.asked


run([
    what_is_not_to_be_trusted_is_not_told,
    a_client_shows_its_certificate,
    loopback_is_also_version_6,
    a_proxy_carries_it_and_sees_no_more_than_it_must,
    proxies_of_the_environment_are_not_asked,
    the_cas_of_the_system_are_trusted,
    names_are_resolved_also_after_the_network_has_changed,
    a_silent_name_server_holds_up_no_longer_than_the_time_out,
])
