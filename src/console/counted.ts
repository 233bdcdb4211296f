/** `1 request`, `0 requests`. @param noun whose plural takes an s */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
