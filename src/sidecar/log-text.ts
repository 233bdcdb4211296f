/** Fit for a log and a terminal: no control characters, nothing beyond ASCII, bounded. */
export function logText(text: string, limit: number): string {
  const cut = text.length > limit ? text.slice(0, limit) : text;
  if (!/[^\x20-\x7e]/.test(cut)) return cut;
  const escaped = cut.replace(/[^\x20-\x7e]/g, (character) => {
    return `\\x${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
  });
  return escaped.slice(0, limit);
}

/** A request's path as events and proposals show it: without its query, at most 200 characters. */
export function logPath(target: string): string {
  const end = target.search(/[?#]/);
  return logText(end === -1 ? target : target.slice(0, end), 200);
}
