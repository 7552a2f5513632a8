import type { Clock } from './clock';
import { disposable } from './disposable';

/** The longest delay that a Node timer can take, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * The computer's clock, from when it is made: small whole numbers are kept without a box by the many that note a time.
 * It counts the time that the computer sleeps, since a copy ages meanwhile (the monotonic clock
 * of Node does not), and goes on where it was when somebody sets the time back.
 */
export function systemClock(): Clock {
  const start = Date.now();
  let latest = start;
  let correction = 0;
  return {
    now: () => {
      const wall = Date.now();
      if (wall < latest) correction += latest - wall;
      latest = wall;
      return wall + correction - start;
    },
    wallTime: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, Math.min(Math.max(ms, 0), longestTimer));
      return disposable(() => {
        clearTimeout(timer);
      });
    },
  };
}
