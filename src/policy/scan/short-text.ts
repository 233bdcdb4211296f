/**
 * A shorter text is read byte by byte where a longer one is read by pairs of bytes: the tables of pairs are not in a
 * core's caches between two requests, and to fetch what so few bytes need of them takes longer than it saves. Bytes.
 */
export const shortText = 512;
