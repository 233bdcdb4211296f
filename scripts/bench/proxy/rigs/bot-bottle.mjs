// The sidecar of a bottle as `start` runs it, on TCP, with every detector on and secrets to look for.
import { secretsOf } from '../../../detection/scanners.mjs';
import { knownSecrets, startSidecar } from '../sidecar.mjs';
import dlpOff from './bot-bottle-dlp-off.mjs';

const dlp = { outbound: null, inbound: null, outboundOnMatch: 'supervise', inboundOnMatch: 'block' };
function secrets(count) {
  if (count === undefined) return knownSecrets;
  return Object.fromEntries(secretsOf(count).map(({ name, value }) => [name, value]));
}

export default {
  ...dlpOff,
  name: 'bot-bottle',
  title: 'bot-bottle (every detector on)',
  detectors: true,
  start: ({ secretCount, ...context }) =>
    startSidecar({ ...context, secrets: secrets(secretCount) }, { dlp }),
};
