import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Pod } from '../../src/objects/kubernetes';
import { startDemo } from '../../src/demo/bundle';
import { story } from '../../src/demo/story';
import { storyObjects } from '../../src/demo/storyObjects';
import { objectAccess } from '../../src/references/objectAccess';
import { referencesOf } from '../../src/references/references';
import { following } from '../apiContract/clusterLayer';
import { ManualClock, temporaryFolder, testHost, valueOf, write } from '../clusterUnit/support';
import { type ApiServer, startApiServer } from '../harness/apiServer';

/** The pods of a cluster as Kubefresh sees them, without what is each server's own. */
async function podsOf(kubeconfig: string): Promise<readonly unknown[]> {
  const reading = await readKubeconfig({ paths: [kubeconfig], env: {}, home: '/' });
  assert.equal(reading.state, 'loaded');
  const cluster = valueOf(connect(reading.kubeconfig, reading.kubeconfig.currentContext!, testHost()));
  const seen: unknown[] = [];
  try {
    await following(cluster, { in: 'all' }, ({ pods }) => {
      for (const pod of [...pods.values()].sort(byName)) seen.push(shown(pod));
      return Promise.resolve();
    });
  } finally {
    cluster.dispose();
  }
  return seen;
}

function byName(one: Pod, other: Pod): number {
  return one.metadata.name.localeCompare(other.metadata.name);
}

function shown({ metadata, spec, status }: Pod): unknown {
  const { name, namespace, labels, ownerReferences } = metadata;
  const references = referencesOf<unknown>(spec, objectAccess);
  return { name, namespace, labels, ownerReferences, node: spec?.nodeName, references, status };
}

describe('the story of the demo on a real kube-apiserver', () => {
  let server: ApiServer;

  before(async () => {
    server = await startApiServer({ address: '127.0.0.2' });
  });
  after(() => server.stop());

  test('is accepted, and looks as in the demo', async () => {
    const clock = new ManualClock();
    await server.apply(storyObjects(story, clock.wallTime()));
    const demo = await startDemo({ clock });
    try {
      const inDemo = await podsOf(write(temporaryFolder(), 'config', demo.kubeconfig));
      assert.deepEqual(await podsOf(server.kubeconfig()), inDemo);
      assert.ok(inDemo.length > 10);
    } finally {
      demo.dispose();
    }
  });
});
