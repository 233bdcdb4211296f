import { spawn } from 'node:child_process';
import type { RequestListener } from 'node:http';

/** Git's own smart-HTTP server (git-http-backend) behind a listener. @param root folder of the repositories */
export function gitListener(root: string): RequestListener {
  return (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? '',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'test',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.on('error', () => {});
    request.pipe(child.stdin);
    let head = Buffer.alloc(0);
    let begun = false;
    child.stdout.on('data', (chunk: Buffer) => {
      if (begun) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      begun = true;
      const lines = head.toString('latin1', 0, end).split('\r\n');
      const headers = lines.map((line) => line.split(/:\s*/) as [string, string]);
      const status = headers.find(([name]) => name === 'Status')?.[1];
      response.writeHead(
        Number.parseInt(status ?? '200', 10),
        headers.filter(([name]) => name !== 'Status').flat(),
      );
      response.write(head.subarray(end + 4));
    });
    child.once('close', () => response.end());
  };
}
