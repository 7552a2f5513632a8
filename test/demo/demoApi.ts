import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Denial } from '../../src/demo/access';
import type { ApiObject } from '../../src/demo/apiObject';
import { ApiServer } from '../../src/demo/apiServer';
import { keyOf, ObjectStore } from '../../src/demo/objectStore';
import { resourceOfKind } from '../../src/demo/resources';
import { accessNamespace, node, type ApiUnderTest } from '../apiContract/apiUnderTest';
import { ManualClock, temporaryFolder } from '../clusterUnit/support';
import type { KubeObject } from '../harness/kubeObjects';

const denials: readonly Denial[] = [
  { resource: 'secrets', verbs: ['list', 'watch'], object: 'all' },
  { resource: 'secrets', verbs: ['get', 'list', 'watch'], object: { namespace: accessNamespace, name: 'sealed' } },
];

/** How many changes the store keeps. More than a test makes. */
const mostChanges = 50;

/** The demo's API server over a store without a story, on a clock that is moved by hand. */
export async function startDemoApi(): Promise<ApiUnderTest> {
  const clock = new ManualClock();
  const store = new ObjectStore(() => clock.wallTime(), mostChanges);
  const user = { name: 'reader', token: 'a-token-for-tests', denials };
  const server = await ApiServer.listening({ store, clock, user });
  return {
    url: server.url,
    user: user.name,
    token: user.token,
    kubeconfig: kubeconfigFile(server.url, user.token),
    put: (object) => {
      put(store, object);
      return Promise.resolve();
    },
    remove: (object) => {
      store.remove(object);
      return Promise.resolve();
    },
    compact: () => {
      forgetAll(store);
      return Promise.resolve();
    },
    pass: (ms) => {
      clock.advance(ms);
    },
    stop: () => {
      server.dispose();
      return Promise.resolve();
    },
  };
}

/** Makes a store of {@link mostChanges} forget every version but later ones. */
function forgetAll(store: ObjectStore): void {
  for (let change = 0; change <= mostChanges; change++) put(store, node('forgetting', String(change)));
  store.remove({ kind: 'Node', name: 'forgetting' });
}

/** Creates the object or replaces what is there, as somebody with `kubectl replace` would. */
export function put(store: ObjectStore, object: KubeObject): ApiObject {
  const resource = resourceOfKind(object.kind);
  if (store.get(resource, keyOf(resource, object.metadata)) === undefined) return store.create(object);
  return store.update({ kind: object.kind, ...object.metadata }, ({ metadata: { uid, creationTimestamp } }) => ({
    ...object,
    metadata: { ...object.metadata, uid: uid!, creationTimestamp: creationTimestamp! },
  }));
}

function kubeconfigFile(server: string, token: string): string {
  const file = path.join(temporaryFolder(), 'config');
  const config = {
    clusters: [{ name: 'demo', cluster: { server } }],
    users: [{ name: 'reader', user: { token } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'reader' } }],
    'current-context': 'demo',
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
