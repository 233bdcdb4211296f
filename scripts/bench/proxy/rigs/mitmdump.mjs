// mitmproxy without its screen, as it comes.
import { mitmdump, startMitmdump } from '../mitmdump.mjs';

export default {
  ...mitmdump,
  name: 'mitmdump',
  title: 'mitmdump, plain',
  full: true,
  start: (context) => startMitmdump(context, []),
};
