import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessNamespace } from './apiUnderTest';
import { noSuchResource, notAllowed } from './statuses';
import { configMaps, secrets, type Check } from './subject';

export function describePaths(check: Check): void {
  describe('paths', () => {
    check('to no resource are a 404 of the API', async ({ refuses }) => {
      const paths = ['/api/v1/nope', '/api/v1/nope/x', `/api/v1/namespaces/${accessNamespace}/nope`, '/api/v2'];
      // Objects of a namespace are reached through it, and others not through any.
      paths.push('/api/v1/configmaps/x', `/api/v1/namespaces/${accessNamespace}/nodes`);
      paths.push(`/api/v1/namespaces/${accessNamespace}/configmaps/x/nope`);
      for (const path of paths) await refuses(path, noSuchResource);
    });

    check('out of the API are a page that is not found', async ({ raw }) => {
      for (const path of ['/nope', '/apis/nope/v1/things']) {
        const { code, headers, text } = await raw.send(path);
        assert.deepEqual([code, text], [404, '404 page not found\n'], path);
        assert.match(headers['content-type']!, /^text\/plain/);
      }
    });

    check('with other methods than those that they know are refused', async ({ raw }) => {
      const wrong = [
        ['PUT', configMaps(accessNamespace)],
        ['PATCH', configMaps(accessNamespace)],
        ['POST', `${configMaps(accessNamespace)}/x`],
        ['POST', '/version'],
        ['DELETE', '/api/v1'],
      ] as const;
      for (const [method, path] of wrong) {
        const { code, body } = await raw.send(path, { method });
        assert.deepEqual([code, body], [405, notAllowed], `${method} ${path}`);
      }
      const head = await raw.send(configMaps(accessNamespace), { method: 'HEAD' });
      assert.deepEqual([head.code, head.text], [405, '']);
    });

    check('may end in a slash, and hold encoded names', async ({ raw }) => {
      assert.equal((await raw.send(`${configMaps(accessNamespace)}/`)).body.kind, 'ConfigMapList');
      assert.equal((await raw.send(`${secrets}/%6Fpen`)).body.metadata?.name, 'open');
    });

    check('of the server itself say what it is', async ({ raw }) => {
      assert.match(String((await raw.send('/version')).body['gitVersion']), /^v1\.\d+\./);
      assert.deepEqual((await raw.send('/api')).body['versions'], ['v1']);
      assert.equal((await raw.send('/apis')).body.kind, 'APIGroupList');
      assert.equal((await raw.send('/healthz')).text, 'ok');
      const { body } = await raw.send('/api/v1');
      const served = body['resources'] as readonly { name: string; kind: string; namespaced: boolean }[];
      const scopes = Object.fromEntries(served.map((one) => [one.name, `${one.kind} ${one.namespaced}`]));
      const expected = { configmaps: 'ConfigMap true', namespaces: 'Namespace false', nodes: 'Node false' };
      const also = { pods: 'Pod true', secrets: 'Secret true' };
      for (const [one, scope] of Object.entries({ ...expected, ...also })) assert.equal(scopes[one], scope, one);
    });
  });
}
