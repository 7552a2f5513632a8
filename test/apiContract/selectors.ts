import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap, pod } from './apiUnderTest';
import type { Check } from './subject';

export function describeSelectors(check: Check): void {
  describe('selectors', () => {
    check('by the name or the node select what has it', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      for (const one of ['a', 'b', 'c']) await api.put(configMap(where, one));
      for (const [one, on] of [
        ['p', 'contract-node-1'],
        ['q', 'contract-node-2'],
      ] as const) {
        await api.put(pod(where, one, on));
      }
      const names = (resource: string, selector: string): Promise<readonly string[]> =>
        raw.names(`/api/v1/namespaces/${where}/${resource}?fieldSelector=${encodeURIComponent(selector)}`);
      const cases: readonly (readonly [resource: string, selector: string, names: string])[] = [
        ['configmaps', 'metadata.name=b', 'b'],
        ['configmaps', 'metadata.name=absent', ''],
        ['configmaps', 'metadata.name=a\\,b', ''],
        ['configmaps', 'metadata.name=a\\=b', ''],
        ['pods', 'spec.nodeName=contract-node-1', 'p'],
        ['pods', 'spec.nodeName=contract-node-2', 'q'],
        ['pods', 'spec.nodeName=absent', ''],
      ];
      for (const [resource, selector, expected] of cases) {
        assert.equal((await names(resource, selector)).join(''), expected, `${resource} ${selector}`);
      }
      const everywhere = await raw.names('/api/v1/pods?fieldSelector=spec.nodeName%3Dcontract-node-2');
      assert.deepEqual(everywhere, ['q']);
    });
  });
}
