import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessNamespace } from './apiUnderTest';
import { refusal } from './statuses';
import { secrets, type Check, type Subject } from './subject';

const kind = 'secrets';
const inNamespace = `in the namespace "${accessNamespace}"`;

async function forbids(
  { api, refuses }: Subject,
  path: string,
  what: string,
  verb: string,
  where: string,
): Promise<void> {
  const resource = `resource "secrets" in API group ""`;
  const message = `${what} is forbidden: User "${api.user}" cannot ${verb} ${resource} ${where}`;
  const name = /"(.*)"/.exec(what)?.[1];
  await refuses(path, refusal(403, 'Forbidden', message, name === undefined ? { kind } : { name, kind }));
}

export function describeAccess(check: Check): void {
  describe('access', () => {
    check('is denied by name', async (subject) => {
      const { raw } = subject;
      assert.equal((await raw.send(`${secrets}/open`)).code, 200);
      await forbids(subject, `${secrets}/sealed`, 'secrets "sealed"', 'get', inNamespace);
    });

    check('to a list or a watch is denied, and names what the list is of', async (subject) => {
      await forbids(subject, secrets, kind, 'list', inNamespace);
      await forbids(subject, '/api/v1/secrets', kind, 'list', 'at the cluster scope');
      await forbids(subject, `${secrets}?watch=true`, kind, 'watch', inNamespace);
      const byName = 'fieldSelector=metadata.name%3Dsealed';
      await forbids(subject, `${secrets}?${byName}`, 'secrets "sealed"', 'list', inNamespace);
      await forbids(subject, `${secrets}?watch=true&${byName}`, 'secrets "sealed"', 'watch', inNamespace);
    });

    check('by name is enough for a list or a watch of that name', async ({ raw }) => {
      assert.deepEqual(await raw.names(`${secrets}?fieldSelector=metadata.name%3Dopen`), ['open']);
      assert.deepEqual(await raw.names(`${secrets}?fieldSelector=metadata.name%3Dmissing`), []);
      const watch = await raw.watch(
        `${secrets}?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dopen`,
      );
      await watch.until(1);
      watch.close();
      assert.equal(watch.code, 200);
    });

    check('needs the token', async ({ api, raw }) => {
      for (const token of [undefined, 'wrong', `${api.token}x`, api.token.slice(1)]) {
        for (const path of [`${secrets}/open`, '/api/v1/nope']) {
          const { code, body } = await raw.send(path, { token });
          assert.deepEqual([code, body], [401, refusal(401, 'Unauthorized', 'Unauthorized')], path);
        }
      }
      const basic = Buffer.from(`${api.user}:${api.token}`).toString('base64');
      const { code } = await raw.send(`${secrets}/open`, {
        token: undefined,
        headers: { authorization: `Basic ${basic}` },
      });
      assert.equal(code, 401);
    });
  });
}
