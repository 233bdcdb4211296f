// The part of node-proxy that holds undici: loaded at a program's first request.
import { EnvHttpProxyAgent } from 'undici';

export const makeDispatcher = (): EnvHttpProxyAgent => new EnvHttpProxyAgent();
