import { quoted } from '../code-frame.js';
import { type Checked, wrong } from './scope.js';

const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
/** Bytes: what a shell and a few programs need, and more than any machine has. */
const memoryBounds = [64 * 2 ** 20, 2 ** 50] as const;
const memoryHint = "write a number and a unit, such as '512m' or '4g'";

/** Bytes that a text such as `4g`, `512m` or `1.5g` means; units are powers of 1024, as Docker has them. */
export function checkMemory(text: string): Checked<number> {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([kmgt])(?:i?b)?$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    return wrong('invalid-resource', `${quoted(text)} is not an amount of memory`, memoryHint);
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? 0));
  if (bytes < memoryBounds[0])
    return wrong('invalid-resource', `${quoted(text)} is less than 64m`, memoryHint);
  if (bytes > memoryBounds[1])
    return wrong('invalid-resource', `${quoted(text)} is more than a machine has`, memoryHint);
  return { ok: true, value: bytes };
}

/** Processors, in hundredths too. */
export function checkCpus(cpus: number): Checked<number> {
  if (cpus >= 0.01 && cpus <= 4096) return { ok: true, value: cpus };
  return wrong(
    'invalid-resource',
    `${cpus} is not a number of processors`,
    'write 0.01 to 4096, such as 1.5',
  );
}

/** A few are the bottle's own; beyond 2^22 a kernel has no numbers for them. */
export function checkPids(pids: number): Checked<number> {
  if (pids >= 16 && pids <= 2 ** 22) return { ok: true, value: pids };
  return wrong(
    'invalid-resource',
    `${pids} is not a number of processes`,
    'write 16 to 4194304, such as 512',
  );
}

/** A name that an engine's settings can have for a runtime, or that containerd has for a shim. */
export function checkRuntime(name: string): Checked<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return { ok: true, value: name };
  return wrong(
    'invalid-runtime',
    `${quoted(name)} is not the name of a runtime`,
    'such as runsc (gVisor), runc or kata-runtime; `docker info` lists those of the engine',
  );
}
