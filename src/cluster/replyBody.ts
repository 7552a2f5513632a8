import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import { ItemSplitter } from './items';
import { listIn, objectIn } from './json';
import { invalid } from './requestFailures';
import type { Reply } from './wire';

/** What a body is about, and how long it may be. */
export interface ExpectedBody {
  /** What is asked for, in the words of the API server's messages: `secrets "db" in namespace "shop"`. */
  readonly subject: string;
  /** The longest body, or line of a watch, in bytes. */
  readonly maxBytes: number;
}

/** The JSON of the whole body. */
export async function readJson(reply: Reply, expected: ExpectedBody): Promise<Answer<unknown>> {
  try {
    const body = await readBody(decompressed(reply), expected.maxBytes);
    return body === undefined ? tooLong(expected) : jsonIn(body.toString('utf8'), reply, expected);
  } catch (error) {
    return brokenCompression(error, expected);
  }
}

/** The JSON of a list without its items, which `take` gets a few at a time as they arrive. A failure of `take` ends it. */
export async function readItems(
  reply: Reply,
  expected: ExpectedBody,
  take: (items: readonly unknown[]) => Failure | undefined,
): Promise<Answer<unknown>> {
  const splitter = new ItemSplitter();
  let size = 0;
  try {
    for await (const chunk of decompressed(reply)) {
      size += chunk.length;
      if (size > expected.maxBytes) return tooLong(expected);
      const items: unknown[] = [];
      for (const text of splitter.add(chunk)) {
        const item = jsonIn(text, reply, expected);
        if (!item.ok) return item;
        items.push(item.value);
      }
      const failure = items.length === 0 ? undefined : take(items);
      if (failure !== undefined) return failed(failure);
    }
  } catch (error) {
    return brokenCompression(error, expected);
  }
  const list = jsonIn(splitter.end(), reply, expected);
  const notObjects = list.ok ? listIn(objectIn(list.value)?.['items']) : [];
  return notObjects.length === 0 ? list : failed(invalid(expected.subject, 'an item of the list is no object'));
}

/** The body without its compression. Chunks are small, so that parsing one takes no more than some milliseconds. */
function decompressed({ headers, body }: Reply): AsyncIterable<Buffer> {
  if (headers['content-encoding'] !== 'gzip') return body;
  // The reader gets the errors of both streams. When it stops reading, both end.
  return pipeline(body, createGunzip({ chunkSize: 64 * 1024 }), () => undefined);
}

function jsonIn(text: string, reply: Reply, expected: ExpectedBody): Answer<unknown> {
  const parsed = parseJson(text);
  if (parsed !== undefined) return answered(parsed.value);
  return failed(notJson(reply, expected, 'it is not complete JSON'));
}

export function notJson({ headers }: Reply, { subject }: ExpectedBody, otherwise: string): Failure {
  const type = headers['content-type']?.split(';')[0]?.trim() ?? '';
  return invalid(subject, type === '' || type === 'application/json' ? otherwise : `it is ${type} instead of JSON`);
}

function tooLong({ subject, maxBytes }: ExpectedBody): Answer<never> {
  return failed(invalid(subject, `it is longer than ${Math.round(maxBytes / 1024 / 1024)} MiB`));
}

/** The failure of an error of the decompression. Throws every other error. */
function brokenCompression(error: unknown, { subject }: ExpectedBody): Answer<never> {
  if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
  return failed(invalid(subject, 'its compression is broken'));
}

/** The whole body. Undefined if it is too long; the request is ended then. */
export async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop ends the request.
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Undefined if the text is no JSON. V8 copies the strings, so that a value keeps only its own part of the text alive. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
