export { default } from '../../tests/support/examination-target.ts';
