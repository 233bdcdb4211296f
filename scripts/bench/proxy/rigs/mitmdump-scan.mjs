// mitmproxy with an add-on that does what bot-bottle is for: an allow-list and a scan for tokens.
import { mitmdump, startMitmdump } from '../mitmdump.mjs';

export default {
  ...mitmdump,
  name: 'mitmdump+scan',
  title: 'mitmdump with an allow-list and a token scan',
  start: (context) => startMitmdump(context, ['scan']),
};
