export { default } from '../../tests/support/manifest-target.ts';
