export { default } from '../../tests/support/request-target.ts';
