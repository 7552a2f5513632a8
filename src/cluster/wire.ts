import type { Agent, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Disposable } from '../objects/disposable';
import type { Answer } from '../objects/failure';
import type { Identity } from './credentials';
import type { Destination } from './requestFailures';

/** An agent and headers that authenticate requests. */
export interface Signed {
  /** The same object as before unless the certificates or the way to the server changed. */
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
}

/** An answer whose body is still to be read. */
export interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  /** Throws if the connection breaks off. Leaving the loop over it ends the request. */
  readonly body: AsyncIterable<Buffer>;
  /** Ends the request, also while its body is being read. */
  readonly close: () => void;
}

/** Sends requests to one API server. */
export interface Wire extends Disposable {
  readonly destination: Destination;
  /** Makes the agent and the headers that send an identity. Fails if its certificates cannot be used. */
  sign(identity: Identity): Promise<Answer<Signed>>;
  /** Sends a GET and waits for the head of the answer. Rejects with the error of the connection. */
  get(signed: Signed, path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Reply>;
  /** To be called when a request was not answered in time: other connections may be dead as well. */
  suspectDeadConnections(): void;
}
