import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap } from './apiUnderTest';
import { configMaps, type Check, type Subject } from './subject';

/** A list whose version was forgotten. */
interface Forgotten {
  readonly where: string;
  readonly version: string;
}

async function forget({ api, raw, freshNamespace }: Subject): Promise<Forgotten> {
  const where = await freshNamespace();
  for (const one of ['a', 'b', 'c']) await api.put(configMap(where, one, 'before'));
  const { metadata } = (await raw.send(configMaps(where))).body;
  await api.put(configMap(where, 'b', 'after'));
  await api.remove({ kind: 'ConfigMap', namespace: where, name: 'c' });
  await api.compact();
  return { where, version: metadata!.resourceVersion! };
}

export function describeForgotten(check: Check): void {
  describe('after it forgot old versions', () => {
    let forgotten: Promise<Forgotten> | undefined;
    const once = (subject: Subject): Promise<Forgotten> => (forgotten ??= forget(subject));

    check('a watch from one of them consists of an error', async (subject) => {
      const { raw } = subject;
      const { where, version } = await once(subject);
      const watch = await raw.watch(
        `${configMaps(where)}?watch=true&resourceVersion=${version}&allowWatchBookmarks=true`,
      );
      assert.equal(watch.code, 200);
      const events = await watch.end();
      assert.equal(events.length, 1);
      const { type, object } = events[0]!;
      const { message, ...rest } = object;
      const status = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Expired',
        code: 410,
      };
      assert.deepEqual([type, rest], ['ERROR', status]);
      assert.match(message!, new RegExp(`^too old resource version: ${version} \\(\\d+\\)$`));
    });

    check('the newest version serves watches', async (subject) => {
      const { api, raw } = subject;
      const { where } = await once(subject);
      const { metadata } = (await raw.send(configMaps(where))).body;
      const watch = await raw.watch(`${configMaps(where)}?watch=true&resourceVersion=${metadata!.resourceVersion!}`);
      await api.put(configMap(where, 'b', 'later'));
      await watch.until(1);
      watch.close();
      assert.deepEqual(watch.lines, ['MODIFIED b later']);
    });
  });
}
