import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessNamespace } from './apiUnderTest';
import { noSuchResource, notAllowed } from './statuses';
import { configMaps, type Check } from './subject';

export function describePaths(check: Check): void {
  describe('paths', () => {
    check('to no resource are a 404 of the API', async ({ refuses }) => {
      const paths = ['/api/v1/nope', '/api/v1/nope/x', `/api/v1/namespaces/${accessNamespace}/nope`];
      // Objects of a namespace are reached through it, and others not through any.
      paths.push('/api/v1/configmaps/x', `/api/v1/namespaces/${accessNamespace}/nodes`);
      paths.push(`/api/v1/namespaces/${accessNamespace}/configmaps/x/nope`);
      for (const path of paths) await refuses(path, noSuchResource);
    });

    check('with another method are refused', async ({ raw }) => {
      for (const [method, path] of [
        ['PUT', configMaps(accessNamespace)],
        ['POST', `${configMaps(accessNamespace)}/x`],
      ] as const) {
        const { code, body } = await raw.send(path, { method });
        assert.deepEqual([code, body], [405, notAllowed], `${method} ${path}`);
      }
    });
  });
}
