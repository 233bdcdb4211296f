// The sidecar of a bottle as `start` runs it, on TCP, with every detector on and secrets to look for.
import { startSidecar } from '../sidecar.mjs';
import dlpOff from './bot-bottle-dlp-off.mjs';

const dlp = { outbound: null, inbound: null, outboundOnMatch: 'supervise', inboundOnMatch: 'block' };
/** Made up for the bench; nothing that it sends holds one. */
const secrets = {
  API_TOKEN: 'bench-4f0d8a66b1c7e2935ad0',
  DEPLOY_KEY: 'Zk3Vq9Xw2Lm7Tr5Yb8Nc1Hd6Pf4',
  REGISTRY_PASSWORD: 'user:correct-horse-battery-9f',
};

export default {
  ...dlpOff,
  name: 'bot-bottle',
  title: 'bot-bottle (every detector on)',
  start: (context) => startSidecar({ ...context, secrets }, { dlp }),
};
