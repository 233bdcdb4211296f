/** What stood at one place of like requests, one after another. */
interface Slot {
  text: string;
  /** The same without the last. */
  before: string;
  last: string;
  time: number;
}

export interface Slots {
  /** Adds what stands there now; answers all that stood there lately, or null where that is nothing new. */
  readonly append: (key: string, token: string, now: number) => string | null;
  /** What stands there now will not leave: it is as if it had not been added, and the same is something new again. */
  readonly takeBack: (key: string) => void;
}

/** Places that are remembered; the one that was added to longest ago makes room. */
const mostSlots = 1024;
/** Characters remembered of each. */
const longest = 256;
/** A token this short may stand there twice in a row; a longer one that does is a name, not a part. */
const mayRepeat = 2;

/** @param lifetime milliseconds after which a place is forgotten */
export function createSlots(lifetime: number): Slots {
  const slots = new Map<string, Slot>();
  return {
    append(key, token, now) {
      const slot = slots.get(key);
      if (!slot || now - slot.time > lifetime) {
        slots.delete(key);
        slots.set(key, { text: token, before: '', last: token, time: now });
        if (slots.size > mostSlots) for (const [oldest] of slots) return forget(slots, oldest);
        return null;
      }
      slot.time = now;
      if (slot.last === token && token.length > mayRepeat) return null;
      slot.last = token;
      slot.before = slot.text;
      slot.text = (slot.text + token).slice(-longest);
      return slot.text;
    },
    takeBack(key) {
      const slot = slots.get(key);
      if (!slot) return;
      slot.text = slot.before;
      slot.last = '';
    },
  };
}

function forget(slots: Map<string, Slot>, key: string): null {
  slots.delete(key);
  return null;
}
