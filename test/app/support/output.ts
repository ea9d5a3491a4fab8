/** What a container writes: counted, and the latest part of it kept. */
import type { Readable } from 'node:stream';

const KEPT_CHARACTERS = 200_000;
const LINE_FEED = 10;

export interface Output {
  bytes: number;
  lines: number;
  /** the latest part */
  text: string;
}

export function outputOf(...streams: readonly Readable[]): Output {
  const output: Output = { bytes: 0, lines: 0, text: '' };
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      output.bytes += chunk.length;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) output.lines += 1;
      output.text = (output.text + chunk.toString()).slice(-KEPT_CHARACTERS);
    });
  }
  return output;
}
