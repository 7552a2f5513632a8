import { badRequest, granted, refused, type Outcome } from './status';

/** Where the next page of a list begins. */
export interface Continuation {
  /** `newest`: the version of the first page is gone, and the client accepts a newer one. */
  readonly version: number | 'newest';
  /** The first key of the next page, or a text just before it, below the namespace of the list. */
  readonly start: string;
}

const format = 'meta.k8s.io/v1';
/** The number in a token that stands for the newest version. */
const newest = -1;

export function continueToken({ version, start }: Continuation): string {
  const token = { v: format, rv: version === 'newest' ? newest : version, start };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Mirrors `DecodeContinue` (`pkg/storage/continue.go` of apiserver, 1.37). */
export function continuationIn(token: string): Outcome<Continuation> {
  const { v, rv, start } = contentOf(token);
  if (v !== format) return invalid(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number' || rv === 0) return invalid(`incorrect encoded start resourceVersion (version ${format})`);
  if (typeof start !== 'string' || start === '') return invalid(`encoded start key empty (version ${format})`);
  return granted({ version: rv < 0 ? 'newest' : rv, start });
}

function contentOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}

function invalid(problem: string): Outcome<never> {
  return refused(badRequest(`invalid continue token: continue key is not valid: ${problem}`));
}
