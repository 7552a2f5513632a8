import type { Agent, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Disposable } from '../objects/disposable';
import type { Answer } from '../objects/failure';
import type { Identity } from './credentials';
import type { Destination } from './requestFailures';

/** An agent and headers that authenticate requests. */
export interface Signed {
  /** The same one while the certificates and the way to the server are the same. */
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
}

/** An answer whose body is still to be read. */
export interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  /** Throws if it breaks off. Not to read on ends the request. */
  readonly body: AsyncIterable<Buffer>;
  /** Ends the request, also while its body is being read. */
  readonly close: () => void;
}

/** A way to one API server. */
export interface Wire extends Disposable {
  readonly destination: Destination;
  /** Turns an identity into what authenticates requests. Fails if its certificates cannot be used. */
  sign(identity: Identity): Promise<Answer<Signed>>;
  /** Sends a GET and waits for the head of the answer. Rejects with the error of the connection. */
  get(signed: Signed, path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Reply>;
  /** A request was not answered in time: what else is open may be dead as well. */
  doubt(): void;
}
