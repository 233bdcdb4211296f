"""What a user would write to get an allow-list and a token scan out of mitmproxy."""
import re

from mitmproxy import http

ALLOWED = re.compile(r"(?:[a-z0-9-]+\.)*bench\.test\Z")
TOKENS = re.compile(
    rb"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{82}|glpat-[\w-]{20}|AKIA[A-Z0-9]{16}|xox[abprs]-[\w-]{10,}"
    rb"|sk-ant-[\w-]{80,}|sk-[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,}|AIza[\w-]{35}"
    rb"|[rs]k_live_[A-Za-z0-9]{24,}|SG\.[\w-]{22}\.[\w-]{43}|hf_[A-Za-z]{34}|dop_v1_[a-f0-9]{64}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)


def http_connect(flow: http.HTTPFlow):
    if not ALLOWED.fullmatch(flow.request.host):
        flow.response = http.Response.make(403, b"host not allowed")


def request(flow: http.HTTPFlow):
    if not ALLOWED.fullmatch(flow.request.pretty_host):
        flow.response = http.Response.make(403, b"host not allowed")
        return
    head = b"\n".join(b"%s: %s" % field for field in flow.request.headers.fields)
    for surface in (flow.request.path.encode(), head, flow.request.content or b""):
        if TOKENS.search(surface):
            flow.response = http.Response.make(403, b"token found")
            return


def responseheaders(flow: http.HTTPFlow):
    if flow.response.headers.get("content-type", "").startswith("text/event-stream"):
        flow.response.stream = True
