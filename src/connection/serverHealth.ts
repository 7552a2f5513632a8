import type { Failure } from '../objects/failure';

/** Whether the server answers. Times are milliseconds of the connection's clock. */
export type ServerHealth = { readonly state: 'answering' } | Outage;

/** The server has not answered since then, so every copy is from before. */
export interface Outage {
  readonly state: 'outage';
  readonly since: number;
  /** How the first request ended that got no answer. */
  readonly failure: Failure;
}
