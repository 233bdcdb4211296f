/** `2025-01-31 14:05:09`, by this machine's clock and zone. */
export function localTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads `90m`, `2h`, `3d` as so long before `now`, else an ISO date; null for anything else. Milliseconds since the epoch. */
export function parseSince(text: string, now: number): number | null {
  const relative = /^(\d{1,6})([smhdw])$/.exec(text);
  if (relative) return now - Number(relative[1]) * (units[relative[2] ?? ''] ?? 0) * 1000;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return null;
  const time = new Date(text.replace(' ', 'T')).getTime();
  return Number.isNaN(time) ? null : time;
}
