// What stands in the way of each goal (by its name in goals.mjs), printed while it is missed.
const oneLoop = `the proxy fills one core with a small request's fixed cost ("proxy µs each"): two TLS connections, node:http and
undici with their objects take most of it, the scans of the request's head and of the answer a sixth. No function of ours
takes more than a few percent of a profile`;

export const obstacles = {
  squid: `${oneLoop}. Squid does the same in C++ and scans nothing. An HTTP parser of our own would save some of it and was
turned down (docs/prds/0003: what two parsers read differently is a hole). Several workers need more than two cores: two of
these proxies beside each other let 17 percent more requests pass than one, since the second core is also the client's and
the upstream's.`,
  mitmdump: `${oneLoop}.`,
  'http-mitm-proxy': `${oneLoop}. It runs on the same Node without a scan, so the way to 3× is short.`,
  'scan-cost': `the scans take some 4 µs in a loop and five times that between two requests, which take their tables out of
the core's caches; the rest is what goes with them: the body held whole, the strings of its JSON put together and scanned once
more, the trail of what left lately, the answer's own scan.`,
  p50: `every process that has to be woken on a request's way takes its share on a slow machine, where one that goes straight
takes 0.15 ms: squid's way, in C++ and without a scan, is three quarters as long. Where it takes 0.02 ms this proxy added 0.05.`,
  p99: `the machine, for the most part: direct's own lies between 0.4 and 2 ms from round to round, and a request through a
proxy is two more processes' turns. Collections of garbage take some 1.1 ms each, and meet three requests in a thousand.`,
  down: `one thread takes TLS off and puts it on again, which direct leaves to two processes: a tunnel in Node that does only
that, without HTTP, comes to 0.44 of direct, and with DLP off this proxy to a third. With it on every byte of the answer is
looked at for secrets that come back, and the first MiB for instructions.`,
  rest: `a Node process that does nothing takes about 40 MB, this program's code with TLS and the certificates 27, what is
loaded before the first request so that it doesn't wait (undici, rules, automata, the injection model) 20, and the first
request itself, after which this is measured, the rest. With DLP off it is about the same.`,
  peak: `a Node process with TLS, the rules and one worker for scans takes 115 MB under any load. Most is missing after 500
connections at once: what they leave in the C library's memory is in pieces, and V8 collects the old late. With a
smaller first heap a process that has done much collects all the time. Every connection's share is bounded.`,
  'new-host': `two whole TLS handshakes, one with the agent and one with the upstream whose certificate is verified, and a pool
of connections for the host; direct has one. While others use the machine it is above the goal.`,
  clean:
    'the slowest kind is full of words and characters that begin a rule or an encoding, each of which is looked into.',
  hostile: `the worst go to the end of their budget, 6.4 times a message's length in clean text, and each step of theirs
takes half as long again there as the costs were measured by: code that has met thousands of kinds of input runs slower than
such as met one. A smaller budget would refuse files of digests, which come to six by themselves. Alone, over and over, the same
inputs take 4 to 8 times clean text's time.`,
  bubblewrap: `Node is started twice, for the command line and for the sidecar, and loads the code of both; the steps are
below. On a machine on which a straight request takes a third of the time it was 290 ms.`,
  'docker-bare': `besides the two containers a bottle makes two networks, waits for the agent's network so that its walls can be
proved from inside it, and starts the sidecar's Node; its own command line is part of the time too (steps below).`,
};
