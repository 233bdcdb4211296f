// The least that reads HTTP/1.1 responses, one after another, so that the client costs little. Only for this benchmark's
// own upstream: it checks no more than that.
const end = Buffer.from('\r\n\r\n');

function parseHead(text) {
  const status = Number(text.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  const chunked = /\r\ntransfer-encoding: *chunked/i.test(text);
  // A proxy's own error may say neither: then the connection ends it, and is of no more use.
  const closes = (!length && !chunked) || /\r\nconnection: *close/i.test(text);
  return { status, left: length ? Number(length[1]) : 0, chunked, closes };
}

/** Takes the framing of chunked bodies off: calls `onData` with what is in the chunks and returns when the body ends. */
function createChunkReader() {
  let left = 0;
  let line = '';
  let phase = 'size';
  /** The offset after the body's end, or -1 where more is to come. */
  return function feed(data, from, onData) {
    let at = from;
    while (at < data.length) {
      if (phase === 'data') {
        const stop = Math.min(data.length, at + left);
        onData(data, at, stop);
        left -= stop - at;
        at = stop;
        if (left === 0) phase = 'after';
      } else {
        const newline = data.indexOf(10, at);
        if (newline < 0) {
          line += data.latin1Slice(at);
          return -1;
        }
        line += data.latin1Slice(at, newline);
        at = newline + 1;
        if (phase === 'after') phase = 'size';
        else if (phase === 'trailer' && line.trim() === '') return at;
        else if (phase === 'size') {
          left = Number.parseInt(line, 16);
          phase = left === 0 ? 'trailer' : 'data';
        }
        line = '';
      }
    }
    return -1;
  };
}

/** `onData(buffer, start, end)` for each piece of a body, `onEnd(status, closes)` after each response. */
export function createResponseReader(onData, onEnd) {
  let held = null;
  let response = null;
  let chunks = null;

  function readHead(data, at) {
    const stop = data.indexOf(end, at);
    if (stop < 0) {
      held = data.subarray(at);
      return data.length;
    }
    response = parseHead(data.latin1Slice(at, stop + 2));
    chunks = response.chunked ? createChunkReader() : null;
    // Nothing else may follow.
    if (!chunks && response.left === 0) finish();
    return stop + 4;
  }

  function readBody(data, at) {
    if (chunks) {
      const stop = chunks(data, at, onData);
      if (stop < 0) return data.length;
      finish();
      return stop;
    }
    const stop = Math.min(data.length, at + response.left);
    if (stop > at) onData(data, at, stop);
    response.left -= stop - at;
    if (response.left === 0) finish();
    return stop;
  }

  function finish() {
    const { status, closes } = response;
    response = null;
    onEnd(status, closes);
  }

  return (part) => {
    const data = held ? Buffer.concat([held, part]) : part;
    held = null;
    let at = 0;
    while (at < data.length) at = response ? readBody(data, at) : readHead(data, at);
  };
}
