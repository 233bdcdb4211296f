import { openBundle } from './compiled-bundle.js';

openBundle(__dirname).run();
