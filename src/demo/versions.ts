import { granted, type Outcome, type Status } from './status';

/**
 * The version in a text. An empty text and `0` both give 0.
 * @param refuse Makes the refusal, whose form depends on the request.
 */
export function versionIn(text: string, refuse: (problem: string) => Status): Outcome<number> {
  if (text === '') return granted(0);
  if (/^\d+$/.test(text)) return granted(Number(text));
  const problem = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  const refusal = refuse(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${problem}`);
  return { ok: false, refusal };
}
