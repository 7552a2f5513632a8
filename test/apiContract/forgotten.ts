import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap } from './apiUnderTest';
import { refusal } from './statuses';
import { configMaps, type Check, type Subject } from './subject';

/** A list that was begun, and then changed and was forgotten. */
interface Forgotten {
  readonly where: string;
  readonly version: string;
  readonly token: string;
}

async function forget({ api, raw, freshNamespace }: Subject): Promise<Forgotten> {
  const where = await freshNamespace();
  for (const one of ['a', 'b', 'c']) await api.put(configMap(where, one, 'before'));
  const { metadata } = (await raw.send(`${configMaps(where)}?limit=1`)).body;
  await api.put(configMap(where, 'b', 'after'));
  await api.remove({ kind: 'ConfigMap', namespace: where, name: 'c' });
  await api.compact();
  return { where, version: metadata!.resourceVersion!, token: String(metadata!['continue']) };
}

export function describeForgotten(check: Check): void {
  describe('after it forgot old versions', () => {
    let forgotten: Promise<Forgotten> | undefined;
    const once = (subject: Subject): Promise<Forgotten> => (forgotten ??= forget(subject));

    check('a watch from one of them consists of an error', async (subject) => {
      const { raw } = subject;
      const { where, version } = await once(subject);
      const watch = await raw.watch(`${configMaps(where)}?watch=1&resourceVersion=${version}&allowWatchBookmarks=true`);
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

    check('a list of one of them is refused', async (subject) => {
      const { raw, refuses } = subject;
      const { where, version } = await once(subject);
      const message = 'The resourceVersion for the provided list is too old.';
      const exact = `resourceVersion=${version}&resourceVersionMatch=Exact`;
      for (const query of [exact, `resourceVersion=${version}&limit=1`]) {
        await refuses(`${configMaps(where)}?${query}`, refusal(410, 'Expired', message));
      }
      assert.deepEqual(await raw.names(`${configMaps(where)}?resourceVersion=${version}`), ['a', 'b']);
    });

    check('the rest of a list is refused, with a token for the rest as it is', async (subject) => {
      const { raw } = subject;
      const { where, version, token } = await once(subject);
      const { code, body } = await raw.send(`${configMaps(where)}?limit=1&continue=${token}`);
      assert.deepEqual([code, body.code, body.reason], [410, 410, 'Expired']);
      assert.match(body.message!, /^The provided continue parameter is too old to display a consistent list result\. /);
      assert.deepEqual(Object.keys(body.metadata!), ['continue']);
      const rest = (await raw.send(`${configMaps(where)}?continue=${String(body.metadata!['continue'])}`)).body;
      assert.deepEqual(
        rest.items!.map((item) => [item.metadata.name, item['data']]),
        [['b', { value: 'after' }]],
      );
      assert.ok(Number(rest.metadata!.resourceVersion) > Number(version));
    });

    check('the newest version serves watches and pages', async (subject) => {
      const { api, raw } = subject;
      const { where } = await once(subject);
      const { metadata } = (await raw.send(`${configMaps(where)}?limit=1`)).body;
      const watch = await raw.watch(`${configMaps(where)}?watch=1&resourceVersion=${metadata!.resourceVersion!}`);
      await api.put(configMap(where, 'b', 'later'));
      await watch.until(1);
      watch.close();
      assert.deepEqual(watch.lines, ['MODIFIED b later']);
      const rest = (await raw.send(`${configMaps(where)}?continue=${String(metadata!['continue'])}`)).body;
      assert.deepEqual(
        rest.items!.map((item) => [item.metadata.name, item['data']]),
        [['b', { value: 'after' }]],
      );
    });
  });
}
