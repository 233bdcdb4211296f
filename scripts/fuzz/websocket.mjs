export { webSocketTarget as default } from '../../tests/support/websocket-target.ts';
