import { randomInt } from 'node:crypto';

/**
 * An address of loopback for one test alone, where every port is free to listen on. A port that was found free on
 * 127.0.0.1 may be another process's a moment later.
 */
export function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** Where a sidecar takes connections that a resolver sent to it; below the ports that the kernel gives by itself. */
export function ownTransparent(): { readonly host: string; readonly https: number; readonly http: number } {
  return { host: ownAddress(), https: 3443, http: 3080 };
}
