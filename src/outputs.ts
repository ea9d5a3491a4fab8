/** Output streams whose reader is gone: a pipe that was closed at its other end, such as that of `bestie demo | head`. */

/**
 * Calls `act` with the cause, such as EPIPE, when writing to the stream fails for the first time. Later failures change nothing:
 * every line that is still written fails again. That a reader is gone is noticed by the next write, and by nothing else.
 */
export function whenReaderGone(stream: NodeJS.WritableStream, act: (cause: string) => void): void {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (isGone) return;
    isGone = true;
    act(error.code ?? error.message);
  });
}

/** For a stream without which the program continues. */
export const goOn = (): void => undefined;
