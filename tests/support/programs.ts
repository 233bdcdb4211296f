import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SidecarProcess } from './sidecar-process.js';

interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the bottle's CA in it and the environment a bottle gives its programs. */
export interface ProgramRoom extends Disposable {
  readonly folder: string;
  run(command: string, args: readonly string[], environment?: Record<string, string>): Promise<ProgramResult>;
}

export function openProgramRoom(sidecar: SidecarProcess): ProgramRoom {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  const certificate = join(folder, 'ca.pem');
  writeFileSync(certificate, sidecar.certificate);
  const proxy = `http://127.0.0.1:${sidecar.port}`;
  const base = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY: '',
    no_proxy: '',
    SSL_CERT_FILE: certificate,
    CURL_CA_BUNDLE: certificate,
    REQUESTS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    npm_config_cafile: certificate,
    GIT_SSL_CAINFO: certificate,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  return {
    folder,
    run: (command, args, environment = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(command, args, {
          cwd: folder,
          env: { ...base, ...environment },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk) => (stdout += chunk));
        child.stderr.on('data', (chunk) => (stderr += chunk));
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, stdout, stderr }));
      }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
