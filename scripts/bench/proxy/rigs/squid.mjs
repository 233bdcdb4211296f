// Squid (C++) as Debian configures it, with its log and its cache (the upstream's answers may not be kept), besides an
// allow-list of domains and ssl-bump for every tunnel: no scan.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority } from '../../shared/certificates.mjs';
import { freePort, startProgram, untilListening } from '../../shared/processes.mjs';

const program = '/usr/sbin/squid';
const certificateHelper = '/usr/lib/squid/security_file_certgen';

function settings({ folder, port, names }) {
  writeFileSync(join(folder, 'hosts'), names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  return [
    `http_port 127.0.0.1:${port} ssl-bump tls-cert=${folder}/ca.pem generate-host-certificates=on`,
    `sslcrtd_program ${certificateHelper} -s ${folder}/certificates -M 4MB`,
    'sslcrtd_children 5 startup=1 idle=1',
    `hosts_file ${folder}/hosts`,
    'acl first at_step SslBump1',
    'ssl_bump peek first',
    'ssl_bump bump all',
    `tls_outgoing_options cafile=${folder}/upstream.pem`,
    'acl allowed dstdomain .bench.test',
    'http_access allow allowed',
    'http_access deny all',
    'http_upgrade_request_protocols websocket allow all',
    `access_log daemon:${folder}/access.log squid`,
    'logfile_rotate 0',
    `cache_log ${folder}/cache.log`,
    `pid_filename ${folder}/squid.pid`,
    `coredump_dir ${folder}`,
    'max_filedescriptors 8192',
    'shutdown_lifetime 0 seconds',
    'pinger_enable off',
    // With the 512 KB that it has by itself, most bumped uploads of many megabytes end in an abort (5.7).
    'client_request_buffer_max_size 64 MB',
    '',
  ].join('\n');
}

export default {
  name: 'squid',
  title: 'squid ssl-bump, no scan',
  kind: 'peer',
  missing: () =>
    existsSync(program) && existsSync(certificateHelper) ? null : 'Debian package squid-openssl',
  version: () => /Version (\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout)?.[1],
  async start({ upstream, folder, names }) {
    const port = await freePort();
    const authority = await makeAuthority('squid bench');
    writeFileSync(join(folder, 'ca.pem'), authority.certificate + authority.key);
    writeFileSync(join(folder, 'upstream.pem'), upstream.certificate);
    writeFileSync(join(folder, 'squid.conf'), settings({ folder, port, names }));
    spawnSync(certificateHelper, ['-c', '-s', join(folder, 'certificates'), '-M', '4MB']);
    mkdirSync(join(folder, 'run'), { recursive: true });
    // Started by root it works as the user proxy.
    if (process.getuid?.() === 0) {
      chmodSync(folder, 0o755);
      spawnSync('chown', ['-R', 'proxy:proxy', folder]);
    }
    const started = startProgram(program, ['-N', '-f', join(folder, 'squid.conf')]);
    started.child.stdout.resume();
    await untilListening(port, started);
    return {
      connect: { proxyPort: port, authorityPort: upstream.port, certificate: authority.certificate },
      pids: [started.child.pid],
      stop: started.stop,
    };
  },
};
