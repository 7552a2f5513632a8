import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap, pod } from './apiUnderTest';
import { refusal } from './statuses';
import { configMaps, type Check } from './subject';

export function describeSelectors(check: Check): void {
  describe('selectors', () => {
    check('by fields select what they say', async ({ api, raw, freshNamespace }) => {
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
        ['configmaps', 'metadata.name==b', 'b'],
        ['configmaps', 'metadata.name!=b', 'ac'],
        ['configmaps', 'metadata.name!=a,metadata.name!=c', 'b'],
        ['configmaps', `metadata.name=a,metadata.namespace=${where}`, 'a'],
        ['configmaps', 'metadata.namespace=elsewhere', ''],
        ['configmaps', 'metadata.name=a,metadata.name=b', ''],
        ['configmaps', 'metadata.name=', ''],
        ['configmaps', 'metadata.name=a\\,b', ''],
        ['configmaps', 'metadata.name=a\\=b', ''],
        ['configmaps', 'metadata.name=a,', 'a'],
        ['configmaps', '=', 'abc'],
        ['configmaps', ',', 'abc'],
        ['pods', 'spec.nodeName=contract-node-1', 'p'],
        ['pods', 'spec.nodeName!=contract-node-1', 'q'],
        ['pods', 'spec.nodeName=', ''],
        ['pods', 'spec.nodeName=contract-node-2,spec.restartPolicy=Always', 'q'],
        ['pods', 'metadata.name=p,spec.nodeName=contract-node-2', ''],
      ];
      for (const [resource, selector, expected] of cases) {
        assert.equal((await names(resource, selector)).join(''), expected, `${resource} ${selector}`);
      }
      const everywhere = await raw.names('/api/v1/pods?fieldSelector=spec.nodeName%3Dcontract-node-2');
      assert.deepEqual(everywhere, ['q']);
    });

    check('by fields that the kind does not offer are refused', async ({ refuses }) => {
      const cases: readonly (readonly [path: string, selector: string, message: string])[] = [
        [
          configMaps('nowhere'),
          'spec.nodeName=x',
          '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ],
        ['/api/v1/pods', 'metadata.uid=x', 'field label not supported: metadata.uid'],
        ['/api/v1/pods', 'constructor=x', 'field label not supported: constructor'],
        ['/api/v1/nodes', 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
        ['/api/v1/namespaces', 'name=x', 'field label not supported: name'],
        [configMaps('nowhere'), 'metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
        [configMaps('nowhere'), 'metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
        [configMaps('nowhere'), 'metadata.name=\\x', 'invalid field selector: invalid escape sequence: \\x'],
        [configMaps('nowhere'), 'metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
      ];
      for (const [path, selector, message] of cases) {
        const query = `fieldSelector=${encodeURIComponent(selector)}`;
        await refuses(`${path}?${query}`, refusal(400, 'BadRequest', message));
      }
    });
  });
}
