import type { Clock } from '../objects/clock';
import type { Times } from './facts';

/** Times of a clock, for people. */
export function timesOf(clock: Clock): Times {
  return {
    ageOf: (at) => clock.now() - at,
    wallTime: (at) => clock.wallTime() - (clock.now() - at),
  };
}
