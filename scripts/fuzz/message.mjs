export { default } from '../../tests/support/message-target.ts';
