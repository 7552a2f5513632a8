import type { Reading } from '../../src/manager/reading';

/** What traces say of the objects on their servers. */
export interface Token {
  readonly metadata: { readonly name?: string; readonly resourceVersion: string };
  readonly token: string;
}

/** A reading as traces have it: `["ok", version, token]` or `["err", kind, text]`. */
export function resultOf(reading: Reading<Token>): unknown[] {
  if (reading.outcome !== 'failed') return ['ok', reading.object.metadata.resourceVersion, reading.object.token];
  const { failure } = reading;
  switch (failure.kind) {
    case 'notRegistered':
      return ['err', 'NotRegistered', failure.message];
    case 'notSynced':
      return ['err', 'NotSynced', failure.message];
    case 'notFound':
      return ['err', 'NotFound', failure.message];
    default:
      return ['err', failure.status?.reason ?? 'Other', failure.message];
  }
}
