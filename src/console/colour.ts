/** Puts text in bold or a colour, or leaves it as it is. */
export interface Palette {
  bold(text: string): string;
  red(text: string): string;
  green(text: string): string;
  dim(text: string): string;
}

/** Colours only for a person at a terminal who didn't ask for none (https://no-color.org). */
export function paletteFor(
  environment: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
): Palette {
  const wanted = terminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  const paint = (on: number, off: number) => (text: string) =>
    wanted ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: paint(1, 22), red: paint(31, 39), green: paint(32, 39), dim: paint(2, 22) };
}
