/** Registers something to be ended; the last one first. */
export type AtEnd = (stop: () => Promise<void>) => void;

/**
 * The frame of a program that runs until SIGINT, SIGTERM or SIGHUP: does `work`, waits for a signal, also while `work` is
 * still at it, then ends what was registered. Sets the exit code: 0 after a signal, 1 when `work` fails, whose error
 * is printed. Another signal more than a second later ends the process at once.
 */
export async function runUntilInterrupted(work: (atEnd: AtEnd) => Promise<void>): Promise<never> {
  const stops: (() => Promise<void>)[] = [];
  const interrupted = new Promise<void>((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        first ??= Date.now();
        // One Ctrl-C comes several times: from the terminal, and from each program around this one.
        if (Date.now() - first > 1000) process.exit(130);
        resolve();
      });
    }
  });
  // Nothing else may keep the process alive while it waits.
  const keepAlive = setInterval(() => undefined, 60_000);
  let code = 0;
  try {
    const working = work((stop) => stops.push(stop)).then(() => interrupted);
    await Promise.race([working, interrupted]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    code = 1;
  }
  for (const stop of stops.reverse()) await stop().catch(console.error);
  clearInterval(keepAlive);
  process.exit(code);
}
