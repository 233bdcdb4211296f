/**
 * True for the first call of a turn of the event loop. All keys that were read in one piece are told in one turn: typed
 * or pasted blindly, they decide once at most.
 */
export function oncePerTurn(): () => boolean {
  let used = false;
  return () => {
    if (used) return false;
    used = true;
    setImmediate(() => {
      used = false;
    });
    return true;
  };
}
