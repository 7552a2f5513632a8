import { granted, type Outcome, type Status } from './status';

/**
 * The version that a text names. `0` and nothing at all name none.
 * @param refuse Makes the refusal, whose form depends on who asks.
 */
export function versionIn(text: string, refuse: (problem: string) => Status): Outcome<number> {
  if (text === '') return granted(0);
  if (/^\d+$/.test(text)) return granted(Number(text));
  const problem = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  const refusal = refuse(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${problem}`);
  return { ok: false, refusal };
}
