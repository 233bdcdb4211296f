/** The text of tests/fixtures/zstd/*.zst, which the reference compressed. */
export const zstdLines = (): Buffer => {
  let text = '';
  for (let id = 0; id < 900; id += 1) {
    const name = `entry ${(id * 7919) % 1000}`;
    const note = `it was seen ${(id * 31) % 17} times by ${['Ann', 'Bob', 'Carla'][id % 3]}`;
    text += `${JSON.stringify({ id, name, state: id % 3 ? 'open' : 'closed', note })}\n`;
  }
  return Buffer.from(text);
};
