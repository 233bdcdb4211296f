// Requests one after another on each of some kept connections, for a time or a count.
import { createResponseReader } from '../response.mjs';
import { authorityOf, openConnection } from '../tunnel.mjs';

const slice = 64 * 1024;
/** After so many errors of its own a client gives up. */
const failuresBorne = 3;

function requestHead({ method, path }, authority, bodyBytes) {
  const body = bodyBytes > 0 ? `content-type: application/json\r\ncontent-length: ${bodyBytes}\r\n` : '';
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\naccept: */*\r\nuser-agent: bench\r\n${body}\r\n`,
  );
}

/** Clean text that looks like what an agent sends: JSON with code in it. */
function makeBody(bytes) {
  const line = '{"role":"user","content":"function add(left, right) {\\n  return left + right;\\n}"},\n';
  return Buffer.alloc(bytes, line);
}

/** Sends a large body in pieces, as fast as they are taken. */
function sendPieces(socket, head, bytes, piece) {
  socket.write(head);
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const part = left >= piece.length ? piece : piece.subarray(0, left);
      left -= part.length;
      if (!socket.write(part)) return;
    }
    socket.off('drain', more);
  };
  socket.on('drain', more);
  more();
}

function prepare(job, target) {
  const { bodyBytes = 0 } = job;
  const head = requestHead(job, authorityOf(target, job.host), bodyBytes);
  if (bodyBytes > 4 * slice) {
    const piece = makeBody(slice);
    return (socket) => sendPieces(socket, head, bodyBytes, piece);
  }
  const whole = Buffer.concat([head, makeBody(bodyBytes)]);
  return (socket) => socket.write(whole);
}

/** Seconds that are not counted: a runtime that compiles as it goes has half forgotten a way that it was not asked for lately. */
const usualWarmUp = 0.3;

/** Requests that are not counted, at least one, so that the way to the upstream is open. The socket, or null where it was closed. */
function warmUp(socket, send, shared) {
  // While the others were opened it may have ended, and tells it no more.
  if (socket.destroyed) return null;
  return new Promise((resolve) => {
    const lost = () => resolve(null);
    const read = createResponseReader(
      () => {},
      (_status, closes) => {
        shared.warmed += 1;
        if (!closes && performance.now() < shared.warm) return send(socket);
        socket.off('data', read).off('close', lost);
        if (closes) socket.destroy();
        resolve(closes ? null : socket);
      },
    );
    socket.on('data', read).once('close', lost);
    send(socket);
  });
}

/** Sends until the time or the count is used up ('done') or the connection ends: in order ('closed') or not ('lost'). */
function keepSending(socket, send, shared) {
  if (socket.destroyed) return 'closed';
  return new Promise((resolve) => {
    let started = 0;
    let waiting = false;
    const finish = (how) => {
      socket.off('close', ended).destroy();
      resolve(how);
    };
    const ended = () => finish(waiting ? 'lost' : 'closed');
    const next = () => {
      if (shared.left === 0 || performance.now() >= shared.deadline) return finish('done');
      shared.left -= 1;
      waiting = true;
      started = performance.now();
      send(socket);
    };
    const read = createResponseReader(
      (_data, from, to) => {
        shared.bytes += to - from;
      },
      (status, closes) => {
        waiting = false;
        if (status === 200) shared.latencies.push(performance.now() - started);
        else shared.errors += 1;
        if (closes) finish('closed');
        else next();
      },
    );
    socket.on('data', read).on('error', () => {});
    socket.once('close', ended);
    next();
  });
}

/** As an ordinary client does: where a proxy closes after a response, the next request opens a new connection. */
async function oneClient(first, job, target, send, shared) {
  let socket = first;
  for (let failures = 0; failures < failuresBorne; ) {
    if (socket !== null) {
      const how = await keepSending(socket, send, shared);
      if (how === 'done') return;
      if (how === 'lost') {
        shared.errors += 1;
        failures += 1;
      }
    }
    if (shared.left === 0 || performance.now() >= shared.deadline) return;
    socket = await openConnection(target, job.host).catch(() => null);
    if (socket === null) {
      shared.errors += 1;
      failures += 1;
    }
  }
}

/** `{connections, host, method, path, bodyBytes, seconds | count, warmUp}`: latencies in milliseconds, seconds, body bytes read, errors, and how many more warmed up before. */
export async function requests(job, target) {
  const opened = await Promise.allSettled(
    Array.from({ length: job.connections }, () => openConnection(target, job.host)),
  );
  const sockets = opened.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const send = prepare(job, target);
  const shared = { latencies: [], bytes: 0, errors: opened.length - sockets.length, warmed: 0 };
  shared.warm = performance.now() + (job.warmUp ?? usualWarmUp) * 1000;
  const warm = job.seconds
    ? await Promise.all(sockets.map((socket) => warmUp(socket, send, shared)))
    : sockets;
  const started = performance.now();
  shared.left = job.count ?? Number.POSITIVE_INFINITY;
  shared.deadline = job.seconds ? started + job.seconds * 1000 : Number.POSITIVE_INFINITY;
  await Promise.all(warm.map((socket) => oneClient(socket, job, target, send, shared)));
  const seconds = (performance.now() - started) / 1000;
  return {
    latencies: Float64Array.from(shared.latencies),
    seconds,
    bytes: shared.bytes,
    errors: shared.errors,
    warmed: shared.warmed,
  };
}
