/**
 * For lines told while an agent has the terminal: in raw mode the terminal doesn't return to the line's beginning by
 * itself (termios OPOST), and in any other one more return changes nothing.
 */
export function tellOnRawTerminal(tell: (text: string) => void): (text: string) => void {
  return (text) => tell(text.replaceAll('\n', '\r\n'));
}
