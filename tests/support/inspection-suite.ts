import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { heldSecret, type InspectionRig, startInspectionRig } from './inspection-rig.js';

/** One rig for all tests of a file; after each the sidecar must stand and have told the value to nobody. */
export function shareInspectionRig(use: (rig: InspectionRig) => void): void {
  let rig: InspectionRig;
  beforeAll(async () => {
    rig = await startInspectionRig();
    use(rig);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());
  afterEach(() => {
    expect(rig.sidecar.child.exitCode).toBe(null);
    expect(rig.sidecar.output()).not.toContain(heldSecret.slice(9));
    rig.forget();
  });
}
