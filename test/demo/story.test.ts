import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { valueAt, type ApiObject } from '../../src/demo/apiObject';
import { manifests } from '../../src/demo/manifests';
import { ObjectStore, type Change } from '../../src/demo/objectStore';
import { resourceOfKind } from '../../src/demo/resources';
import { denials, script, story } from '../../src/demo/story';
import { storyObjects, ttlAnnotation } from '../../src/demo/storyObjects';
import { StoryPlayer } from '../../src/demo/storyPlayer';
import { ttlAnnotation as kubeletsAnnotation } from '../../src/manager/nodeTtl';
import { ManifestReader } from '../../src/manifest/manifest';
import type { Pod } from '../../src/objects/kubernetes';
import { isObjectName } from '../../src/objects/objectKey';
import { objectAccess } from '../../src/references/objectAccess';
import { referencesOf, type Reference } from '../../src/references/references';
import { podFields } from '../../src/references/table';
import { visitReferences } from '../../src/references/walk';
import { ManualClock } from '../clusterUnit/support';
import { FakeClock } from '../connection/fakeClock';

const objects = storyObjects(story, Date.UTC(2026, 0, 1));
const pods = objects.filter(({ kind }) => kind === 'Pod');

function appOf({ metadata }: ApiObject): string {
  return metadata.labels?.['app'] ?? '';
}

function ownReferences(pod: ApiObject): readonly Reference[] {
  return referencesOf<unknown>(pod['spec'], objectAccess).filter(({ injected }) => !injected);
}

function find(kind: string, namespace: string, name: string): ApiObject | undefined {
  return objects.find((one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name);
}

function keysOf(object: ApiObject): readonly string[] {
  return [object['data'], object['binaryData']].flatMap((data) => Object.keys(data ?? {}));
}

describe('the story of the demo', () => {
  test('has every way in which a pod comes by a Secret or ConfigMap', () => {
    const seen = new Set<unknown>();
    const containers = new Set<string>();
    for (const pod of pods) {
      visitReferences<unknown>(pod['spec'], objectAccess, (field, _holder, _item, place) => {
        seen.add(field);
        if (place.in === 'container') containers.add(place.type);
      });
    }
    const marker = ({ route, path }: { route: string; path: readonly string[] }): boolean =>
      route === 'projected' && path[0] === 'projected';
    for (const field of Object.values(podFields).flat()) {
      // A projected volume is reached through the list of its sources.
      if (!marker(field)) assert.ok(seen.has(field), `${field.kind} ${field.route} ${field.path.join('.')}`);
    }
    assert.deepEqual([...containers].sort(), ['ephemeral', 'init', 'main']);
    const routes = new Set(pods.flatMap((pod) => ownReferences(pod).map(({ route }) => route)));
    assert.deepEqual([...routes].sort(), [
      'csi',
      'env',
      'envFrom',
      'imagePull',
      'projected',
      'storage',
      'subPath',
      'volume',
    ]);
    assert.ok(
      pods.flatMap(ownReferences).some(({ origin }) => origin.in === 'container' && origin.prefix !== undefined),
    );
  });

  test('lacks what it means to lack, and nothing else', () => {
    const missing = new Set<string>();
    for (const pod of pods) {
      for (const { kind, name, keys, optional } of ownReferences(pod)) {
        const object = find(kind, pod.metadata.namespace!, name);
        const lacking =
          object === undefined
            ? [name]
            : (keys.choose === 'some' ? keys.keys : [])
                .filter(({ key }) => !keysOf(object).includes(key))
                .map(({ key }) => `${name}/${key}`);
        for (const what of lacking) missing.add(`${appOf(pod)}: ${kind} ${what}${optional ? ', optional' : ''}`);
      }
    }
    assert.deepEqual([...missing].sort(), [
      'checkout: Secret payment-gatway',
      'pricing: Secret session-keys-next, optional',
      'search: ConfigMap search-synonyms, optional',
      'search: Secret search-login/api-token',
      'search: Secret search-login/previous-token, optional',
      'storefront: ConfigMap sale-banner, optional',
    ]);
    for (const { object } of denials) {
      if (object !== 'all') assert.ok(find('Secret', object.namespace, object.name), 'what is forbidden exists');
    }
  });

  test('holds an immutable object, binary values, and Secrets of several types', () => {
    assert.ok(objects.some((object) => object.kind === 'ConfigMap' && object['immutable'] === true));
    assert.ok(objects.some((object) => object['binaryData'] !== undefined));
    const types = new Set(objects.filter(({ kind }) => kind === 'Secret').map((object) => object['type']));
    for (const type of ['Opaque', 'kubernetes.io/tls', 'kubernetes.io/dockerconfigjson'])
      assert.ok(types.has(type), type);
  });

  test('keeps no value that could be taken for a real one', () => {
    for (const secret of objects.filter(({ kind }) => kind === 'Secret')) {
      for (const [key, value] of Object.entries(secret['data'] as Record<string, string>)) {
        const text = Buffer.from(value, 'base64').toString();
        assert.match(text, /demo-only-/, `${secret.metadata.name}/${key}`);
        assert.equal(Buffer.from(text).toString('base64'), value);
      }
    }
  });

  test('has pods as the API shows them', () => {
    const names = new Set<string>();
    for (const pod of pods) {
      const { name, namespace, ownerReferences, labels } = pod.metadata;
      assert.ok(isObjectName(name), name);
      names.add(`${namespace!}/${name}`);
      const { spec, status } = pod as unknown as Required<Pod>;
      assert.ok(['Running', 'Pending', 'Succeeded'].includes(status.phase!), name);
      assert.deepEqual(
        status.containerStatuses!.map((one) => one.name),
        spec.containers!.map((one) => one.name),
      );
      assert.deepEqual(
        (status.initContainerStatuses ?? []).map((one) => one.name),
        (spec.initContainers ?? []).map((one) => one.name),
      );
      assert.ok(story.nodes.some((node) => node.name === spec.nodeName));
      const injected = referencesOf<unknown>(spec, objectAccess).filter((reference) => reference.injected);
      assert.deepEqual(
        injected.map((reference) => reference.name),
        ['kube-root-ca.crt'],
      );
      assert.ok(find('ConfigMap', namespace!, 'kube-root-ca.crt'));
      const owner = (ownerReferences as Pod['metadata']['ownerReferences'])?.[0];
      // The name of the Deployment can be told from its ReplicaSet's.
      if (owner?.kind === 'ReplicaSet') assert.equal(owner.name, `${labels!['app']!}-${labels!['pod-template-hash']!}`);
    }
    assert.equal(names.size, pods.length);
    const kinds = pods.map((pod) => (pod.metadata['ownerReferences'] as { kind: string }[] | undefined)?.[0]?.kind);
    assert.deepEqual([...new Set(kinds)].sort(), ['DaemonSet', 'Job', 'ReplicaSet', 'StatefulSet', undefined]);
  });

  test('says of pods that cannot start what they lack', () => {
    const reasons = new Map(
      pods.map((pod) => [appOf(pod), valueAt(pod, 'status.containerStatuses.0.state.waiting') as { message?: string }]),
    );
    assert.equal(reasons.get('checkout')?.message, 'secret "payment-gatway" not found');
    assert.equal(reasons.get('search')?.message, "couldn't find key api-token in Secret demo-shop/search-login");
  });

  test('has manifests of its own workloads, reference for reference', () => {
    const reader = new ManifestReader();
    for (const { name, text } of manifests) {
      const { templates } = reader.read(text);
      assert.equal(templates.length, 1, name);
      const [template] = templates;
      assert.equal(template!.problem, undefined);
      assert.equal(name, `${template!.name}.yaml`);
      const pod = pods.find((one) => one.metadata.namespace === template!.namespace && appOf(one) === template!.name);
      assert.deepEqual(
        template!.references.map(({ reference }) => reference),
        ownReferences(pod!),
        name,
      );
      for (const [, quoted = ''] of text.matchAll(/Hover over "([^"]+)"/g)) {
        assert.ok(
          template!.references.some(({ reference }) => [reference.name, ...keyNames(reference)].includes(quoted)),
          quoted,
        );
      }
    }
  });
});

function keyNames({ keys }: Reference): readonly string[] {
  return keys.choose === 'some' ? keys.keys.map(({ key }) => key) : [];
}

/** A store with the story in it, and what happens to it, a line a change. */
function played(clock: ManualClock | FakeClock): { store: ObjectStore; lines: string[]; player: StoryPlayer } {
  const store = new ObjectStore(() => clock.wallTime());
  for (const object of storyObjects(story, clock.wallTime())) store.create(object);
  const lines: string[] = [];
  store.onChange((change) => void lines.push(lineOf(change)));
  return { store, lines, player: new StoryPlayer(store, story, script, clock) };
}

function lineOf({ resource, before, after }: Change): string {
  const object = after ?? before!;
  const what = resource.kind === 'Pod' ? appOf(object) : object.metadata.name;
  const now =
    after === undefined
      ? 'gone'
      : before === undefined
        ? 'new'
        : (after.metadata.annotations?.[ttlAnnotation] ??
          (after.metadata.deletionTimestamp === undefined ? 'changed' : 'ending'));
  const state = valueAt(object, 'status.containerStatuses.0.state') as Record<string, { reason?: string }> | undefined;
  const [is, why] = Object.entries(state ?? {})[0] ?? [];
  return [resource.kind, what, now, why?.reason ?? is].filter(Boolean).join(' ');
}

describe('what happens in the demo', () => {
  test('is a round of steps, half a minute each', () => {
    const clock = new ManualClock();
    const { lines, player } = played(clock);
    const steps = script.round.map(() => {
      assert.deepEqual(clock.waiting, [30_000], 'one timer at a time');
      lines.length = 0;
      clock.advance(30_000);
      assert.equal(lines.shift(), 'ConfigMap tea-prices changed');
      return lines.join(', ');
    });
    assert.deepEqual(steps, [
      '',
      'Pod storefront ending running, Pod storefront new ContainerCreating',
      'Pod storefront gone running, Pod storefront changed running',
      'Node demo-node-a 60',
      'Pod mailer changed CrashLoopBackOff',
      'Pod mailer changed running',
      '',
      'Node demo-node-a 30',
    ]);
    player.dispose();
    player.dispose();
    assert.deepEqual(clock.waiting, []);
  });

  test('changes the time to live of the node that counts for the shop', () => {
    assert.equal(ttlAnnotation, kubeletsAnnotation);
    const running = pods.filter((pod) => valueAt(pod, 'status.phase') !== 'Succeeded');
    const nodes = running
      .filter(({ metadata }) => metadata.namespace === story.namespace)
      .map((pod) => String(valueAt(pod, 'spec.nodeName')));
    const acts = script.round.flat();
    for (const act of acts) if (act.act === 'setTtl') assert.equal(act.node, nodes.sort()[0]);
    assert.ok(acts.some(({ act }) => act === 'setTtl'));
  });

  test('changes the value of a ConfigMap at each step', () => {
    const clock = new ManualClock();
    const { store, player } = played(clock);
    const seen = new Set<string>();
    for (let step = 0; step < 20; step++) {
      clock.advance(30_000);
      const prices = store.get(resourceOfKind('ConfigMap'), 'demo-shop/tea-prices')!;
      const data = prices['data'] as Readonly<Record<string, string>>;
      const { at } = JSON.parse(data['prices.json']!) as { readonly at: string };
      assert.equal(Date.parse(at), Math.floor(clock.wallTime() / 1000) * 1000);
      seen.add(JSON.stringify(data));
    }
    assert.equal(seen.size, 20);
    player.dispose();
  });

  test('goes on for days, and takes no more room', () => {
    const clock = new ManualClock();
    const { store, player } = played(clock);
    const names = new Set<string>();
    const countPods = (): number => store.list(resourceOfKind('Pod')).length;
    const before = countPods();
    for (let round = 0; round < 200; round++) {
      clock.advance(8 * 30_000);
      assert.equal(countPods(), before);
      for (const pod of store.list(resourceOfKind('Pod'))) names.add(`${appOf(pod)} ${pod.metadata.uid!}`);
    }
    assert.ok(store.version - store.oldestVersion <= 1_000);
    assert.equal([...names].filter((name) => name.startsWith('storefront ')).length, 200 + 1);
    player.dispose();
  });

  test('does not catch up with what a sleeping computer missed', async () => {
    const clock = new FakeClock();
    const { lines, player } = played(clock);
    await clock.sleep(8 * 3_600_000);
    assert.deepEqual(lines, ['ConfigMap tea-prices changed']);
    assert.deepEqual(clock.waits, [30_000]);
    player.dispose();
  });
});
