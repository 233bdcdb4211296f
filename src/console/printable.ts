/** Text of an agent's or an upstream's, made safe for a terminal: control characters become `\xNN`, at most `bound` characters. */
export function printable(text: string, bound = 200): string {
  const cut = text.length > bound ? `${text.slice(0, bound)}...` : text;
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
